package probe

import "lotop/sockets"

// OptionsOf reads the options of a socket through a duplicate of its owner's
// descriptor (pidfd_getfd). That needs permission to trace the owner, which root has,
// and an ordinary user often has for processes of its own. The duplicate is compared
// by inode, so it cannot be another socket, and is closed at once. Options that
// cannot be read are Unknown.
func OptionsOf(s *sockets.Socket) sockets.SocketOptions { return optionsOf(s) }
