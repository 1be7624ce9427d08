package jsonout

import (
	"bufio"
	"bytes"
	"encoding/json"

	"lotop/model"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// Directories returns the working directory of a process, empty if not known.
type Directories = func(*process.Process) untrusted.Text

// encoder encodes values one after the other.
type encoder struct {
	line bytes.Buffer
	json *json.Encoder
}

func newEncoder() *encoder {
	e := &encoder{}
	e.json = json.NewEncoder(&e.line)
	e.json.SetEscapeHTML(false) // a command with & and > stays readable
	return e
}

// encode returns a value as one line, without its end, until the next call.
func (e *encoder) encode(v any) ([]byte, error) {
	e.line.Reset()
	err := e.json.Encode(v)
	return bytes.TrimRight(e.line.Bytes(), "\n"), err
}

// WriteLines writes rows one object a line.
func WriteLines(w *bufio.Writer, rows []model.Row, cwd Directories) error {
	return writeLines(w, len(rows), func(i int) any { return socketIn(&rows[i], cwd) })
}

// WriteRows writes rows as an array: indented for a person, or one object a
// line, which line tools can read as well.
func WriteRows(w *bufio.Writer, rows []model.Row, cwd Directories, indent bool) error {
	return writeArray(w, len(rows), func(i int) any { return socketIn(&rows[i], cwd) }, indent)
}

func socketIn(r *model.Row, cwd Directories) *Socket {
	s := NewSocket(r)
	s.AddDirectories(r, cwd)
	return &s
}

// writeLines writes n values one a line.
func writeLines(w *bufio.Writer, n int, value func(i int) any) error {
	e := newEncoder()
	for i := range n {
		line, err := e.encode(value(i))
		if err != nil {
			return err
		}
		w.Write(line)
		w.WriteByte('\n')
	}
	return nil
}

// writeArray writes n values as an array.
func writeArray(w *bufio.Writer, n int, value func(i int) any, indent bool) error {
	var spread bytes.Buffer
	e := newEncoder()
	w.WriteByte('[')
	for i := range n {
		text, err := e.encode(value(i))
		if err != nil {
			return err
		}
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('\n')
		if indent {
			spread.Reset()
			if err := json.Indent(&spread, text, "  ", "  "); err != nil {
				return err
			}
			w.WriteString("  ")
			text = spread.Bytes()
		}
		w.Write(text)
	}
	if n > 0 {
		w.WriteByte('\n')
	}
	w.WriteString("]\n")
	return nil
}
