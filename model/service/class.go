package service

// Class is the IANA range that a port lies in (RFC 6335).
type Class uint8

// The classes.
const (
	WellKnown  Class = iota // 0-1023
	Registered              // 1024-49151
	Dynamic                 // 49152-65535
)

// String returns the value used in queries and JSON.
func (c Class) String() string {
	switch c {
	case WellKnown:
		return "well-known"
	case Registered:
		return "registered"
	case Dynamic:
		return "dynamic"
	}
	return ""
}

// ClassOf returns the class of a port. The ephemeral range of a system can be another
// one: sockets.Snapshot.Ephemeral.
func ClassOf(port uint16) Class {
	const firstRegistered, firstDynamic = 1024, 49152
	switch {
	case port < firstRegistered:
		return WellKnown
	case port < firstDynamic:
		return Registered
	}
	return Dynamic
}
