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

// rowEncoder encodes rows one after the other.
type rowEncoder struct {
	line bytes.Buffer
	json *json.Encoder
	cwd  Directories
}

func newRowEncoder(cwd Directories) *rowEncoder {
	e := &rowEncoder{cwd: cwd}
	e.json = json.NewEncoder(&e.line)
	e.json.SetEscapeHTML(false) // a command with & and > stays readable
	return e
}

// encode returns the row as one line, without its end, until the next call.
func (e *rowEncoder) encode(r *model.Row) ([]byte, error) {
	e.line.Reset()
	s := NewSocket(r)
	s.AddDirectories(r, e.cwd)
	err := e.json.Encode(s)
	return bytes.TrimRight(e.line.Bytes(), "\n"), err
}

// WriteLines writes rows one object a line.
func WriteLines(w *bufio.Writer, rows []model.Row, cwd Directories) error {
	e := newRowEncoder(cwd)
	for i := range rows {
		line, err := e.encode(&rows[i])
		if err != nil {
			return err
		}
		w.Write(line)
		w.WriteByte('\n')
	}
	return nil
}

// WriteRows writes rows as an array: indented for a person, or one object a
// line, which line tools can read as well.
func WriteRows(w *bufio.Writer, rows []model.Row, cwd Directories, indent bool) error {
	var spread bytes.Buffer
	e := newRowEncoder(cwd)
	w.WriteByte('[')
	for i := range rows {
		text, err := e.encode(&rows[i])
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
	if len(rows) > 0 {
		w.WriteByte('\n')
	}
	w.WriteString("]\n")
	return nil
}
