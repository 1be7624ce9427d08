package owners

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"testing"
)

// dirent lays out a struct linux_dirent64, padded as the kernel does.
func dirent(name string) []byte {
	size := (19 + len(name) + 1 + 7) &^ 7
	b := make([]byte, size)
	binary.NativeEndian.PutUint64(b, 4711)
	binary.NativeEndian.PutUint16(b[16:], uint16(size))
	b[18] = 4 // DT_DIR
	copy(b[19:], name)
	return b
}

func dirents(names ...string) []byte {
	var all []byte
	for _, name := range names {
		all = append(all, dirent(name)...)
	}
	return all
}

// What Linux 6.18 wrote for the first entries of /proc/PID/fd: ".", ".." and 0.
const hexDirents = "6c5e4c0000000000" + "0100000000000000" + "1800" + "04" + "2e00000000" +
	"6b5e4c0000000000" + "0200000000000000" + "1800" + "04" + "2e2e000000" +
	"6d5e4c0000000000" + "0300000000000000" + "1800" + "0a" + "3000000000"

func TestAppendNumbers(t *testing.T) {
	whole := dirents("1", "4194304", "self", ".", "..", "12a", "-1", "1.5", "0", "134217728", "99999999999999999999")
	for _, tt := range []struct {
		name  string
		bytes []byte
		want  []int32
	}{
		{"nothing", nil, nil},
		{"of the kernel", unhexDirents(t), []int32{0}},
		{"numbers only", whole, []int32{1, 4194304, 0, 134217728}},
		{"cut off in a header", append(dirents("7"), make([]byte, 10)...), []int32{7}},
		{"cut off in a name", append(dirents("7"), dirent("8")[:20]...), []int32{7}},
		{"length 0", append(dirents("7"), make([]byte, 24)...), []int32{7}},
		{"length of a header only", append(dirents("7"), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 19, 0, 0, '1', 0), []int32{7}},
	} {
		if got := appendNumbers(nil, tt.bytes); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if n, ok := leadingNumber([]byte("12345")); ok {
		t.Errorf("a name without an end is %d", n)
	}
}

func TestSocketInode(t *testing.T) {
	for link, want := range map[string]uint32{
		"socket:[7248]":                          7248,
		"socket:[1]":                             1,
		"socket:[4294967295]":                    4294967295,
		"socket:[4294967296]":                    0,
		"socket:[]":                              0,
		"socket:[":                               0,
		"socket:[7248":                           0,
		"socket:[-7]":                            0,
		"socket:[7 8]":                           0,
		"pipe:[7248]":                            0,
		"/tmp/socket:[7248]":                     0,
		"anon_inode:[pidfd]":                     0,
		"/dev/null":                              0,
		"":                                       0,
		"socket:[99999999999999999999999999999]": 0,
	} {
		if got := socketInode([]byte(link)); got != want {
			t.Errorf("%q: %d, want %d", link, got, want)
		}
	}
}

func FuzzSocketInode(f *testing.F) {
	for _, seed := range []string{"socket:[7248]", "socket:[4294967296]", "pipe:[1]", "socket:[]", ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, link []byte) {
		got := socketInode(link)
		if got == 0 {
			return
		}
		digits, ok := string(link), len(link) > len("socket:[]")
		if !ok || digits[:8] != "socket:[" || digits[len(digits)-1] != ']' {
			t.Fatalf("%q is %d", link, got)
		}
		if n, err := strconv.ParseUint(digits[8:len(digits)-1], 10, 32); err != nil || uint32(n) != got {
			t.Fatalf("%q is %d", link, got)
		}
	})
}

func FuzzAppendNumbers(f *testing.F) {
	f.Add(dirents("1", "self", "22", "3"))
	f.Add(unhexDirents(f))
	f.Add(dirent("1")[:20])
	f.Fuzz(func(t *testing.T, b []byte) {
		got := appendNumbers([]int32{-5}, b)
		if got[0] != -5 || len(got)-1 > len(b)/20 {
			t.Fatalf("%d numbers in %d bytes", len(got)-1, len(b))
		}
		for _, n := range got[1:] {
			if n < 0 {
				t.Fatalf("%d", n)
			}
		}
	})
}

func unhexDirents(t testing.TB) []byte {
	t.Helper()
	b, err := hex.DecodeString(hexDirents)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
