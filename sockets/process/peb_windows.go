package process

import (
	"encoding/binary"
	"errors"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"

	"lotop/sockets/untrusted"
)

// commandLine returns the command line of a process, empty if it may not be read.
func commandLine(h windows.Handle, pid uint32) string {
	line, err := queryCommandLine(h)
	if errors.Is(err, windows.STATUS_INVALID_INFO_CLASS) || errors.Is(err, windows.STATUS_NOT_IMPLEMENTED) {
		return processParameter(pid, commandLineOffset) // before Windows 8.1, and Wine 8
	}
	return line
}

// queryCommandLine needs no permission to read the memory of the process. The result
// is a UNICODE_STRING followed by the text that it points to.
func queryCommandLine(h windows.Handle) (string, error) {
	const maxSize = 128 << 10 // a command line has 32,767 characters at most
	for size := 1 << 10; size <= maxSize; size *= 4 {
		b := make([]byte, size)
		var used uint32
		err := windows.NtQueryInformationProcess(h, windows.ProcessCommandLineInformation,
			unsafe.Pointer(&b[0]), uint32(size), &used)
		if errors.Is(err, windows.STATUS_INFO_LENGTH_MISMATCH) || errors.Is(err, windows.STATUS_BUFFER_TOO_SMALL) {
			continue
		}
		if err != nil {
			return "", err
		}
		return unicodeString(b, 0, uint64(uintptr(unsafe.Pointer(&b[0]))))
	}
	return "", errSystemTable
}

// imagePath returns the path of the program, empty if it may not be read.
func imagePath(h windows.Handle) untrusted.Text {
	path := make([]uint16, 1<<15)
	size := uint32(len(path))
	if err := windows.QueryFullProcessImageName(h, 0, &path[0], &size); err != nil {
		return untrusted.Text{}
	}
	return untrusted.New(windows.UTF16ToString(path[:size]))
}

// tokenUser returns the user of a process from its token, empty if that may not be
// read: only administrators may open those of other users.
func (r *Reader) tokenUser(h windows.Handle) untrusted.Text {
	var token windows.Token
	if err := windows.OpenProcessToken(h, windows.TOKEN_QUERY, &token); err != nil {
		return untrusted.Text{}
	}
	defer token.Close()
	user, err := token.GetTokenUser()
	if err != nil {
		return untrusted.Text{}
	}
	sid := user.User.Sid.String()
	return r.users.account(sid, func() untrusted.Text {
		name, _, _, err := user.User.Sid.LookupAccount("")
		if err != nil {
			name = sid
		}
		return untrusted.New(name)
	})
}

// Offsets in the memory of a 64-bit process (winternl.h, the reserved fields as in
// phnt's ntpebteb.h and ntrtl.h).
const (
	pebParameters     = 0x20 // PEB: pointer to RTL_USER_PROCESS_PARAMETERS
	cwdOffset         = 0x38 // in the parameters: CurrentDirectory.DosPath, a UNICODE_STRING
	commandLineOffset = 0x70 // in the parameters: CommandLine, a UNICODE_STRING
)

// processParameter reads a text of the start parameters of a process from its memory,
// empty if this user may not. The addresses are those of another process, so they are
// numbers and never become Go pointers.
func processParameter(pid uint32, at uint64) string {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION|windows.PROCESS_VM_READ, false, pid)
	if err != nil {
		return ""
	}
	defer windows.CloseHandle(h)
	var basic [6]uintptr // PROCESS_BASIC_INFORMATION: the second is the address of the PEB
	err = windows.NtQueryInformationProcess(h, windows.ProcessBasicInformation,
		unsafe.Pointer(&basic), uint32(unsafe.Sizeof(basic)), nil)
	if err != nil {
		return ""
	}
	parameters := make([]byte, 8)
	text := make([]byte, 16)
	if !readMemory(h, uint64(basic[1])+pebParameters, parameters) ||
		!readMemory(h, binary.LittleEndian.Uint64(parameters)+at, text) {
		return ""
	}
	b := make([]byte, binary.LittleEndian.Uint16(text))
	if len(b) == 0 || !readMemory(h, binary.LittleEndian.Uint64(text[8:]), b) {
		return ""
	}
	return utf16Text(b)
}

// cwdOf returns the working directory of a process, which no system call returns.
func cwdOf(pid uint32) untrusted.Text {
	return untrusted.New(trimBackslash(processParameter(pid, cwdOffset)))
}

// trimBackslash removes the last backslash of a directory that is not the root of a
// drive.
func trimBackslash(path string) string {
	if len(path) > len(`C:\`) {
		return strings.TrimSuffix(path, `\`)
	}
	return path
}

// readMemory fills into from the memory of another process, and reports whether it
// could.
func readMemory(h windows.Handle, at uint64, into []byte) bool {
	var n uintptr
	err := windows.ReadProcessMemory(h, uintptr(at), &into[0], uintptr(len(into)), &n)
	return err == nil && n == uintptr(len(into))
}
