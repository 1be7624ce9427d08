package probe

import "lotop/sockets"

// OptionsOf asks a socket itself for its options, through a copy of its owner's
// descriptor (pidfd_getfd). That takes the right to trace the owner: root has
// it, often an ordinary user for processes of its own. The copy is compared by
// inode, so another socket cannot answer for it, and closed at once. What
// cannot be asked is Unknown.
func OptionsOf(s *sockets.Socket) sockets.SocketOptions { return optionsOf(s) }
