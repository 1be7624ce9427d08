package cli

import (
	"bufio"

	"lotop/model"
	"lotop/ui/jsonout"
)

// rowKind is how rows of one type are printed.
type rowKind[T any] struct {
	fields   []field[T]
	defaults []string    // names of the columns of a pipe and of CSV if no others are asked for
	screen   []column[T] // of a terminal
	// array and lines write JSON.
	array func(w *bufio.Writer, rows []T, cwd jsonout.Directories, indent bool) error
	lines func(w *bufio.Writer, rows []T, cwd jsonout.Directories) error
}

// socketRows are the rows of lotop list.
func socketRows() *rowKind[model.Row] {
	return &rowKind[model.Row]{fields(), defaultFields(), screenColumns(), jsonout.WriteRows, jsonout.WriteLines}
}

// writeRows writes rows in the format that was asked for.
func writeRows[T any](a *app, o *options, out *outputOptions, k *rowKind[T], rows []T) error {
	w := bufio.NewWriterSize(a.out, 1<<16)
	cwd := a.directories(o)
	var err error
	switch out.format.value {
	case formatJSON:
		err = k.array(w, rows, cwd, a.terminal.out)
	case formatJSONL:
		err = k.lines(w, rows, cwd)
	case formatCSV, formatTSV:
		err = writeRecords(newRecordWriter(w, out.format.value), k, rows, out, cwd)
	default:
		look := tableOptions{terminal: a.terminal.out, header: !out.noHeader, styler: a.stdoutStyler(o)}
		if look.width = a.terminal.width; !look.terminal {
			look.width, look.styler.ascii = 0, false // no sign is ours there
		}
		writeTable(w, newColumns(k, out.columns.names, look.terminal, cwd), rows, look)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

// writeRecords writes rows for other programs. Without rows there is a header all
// the same: so the file has its columns.
func writeRecords[T any](w *recordWriter, k *rowKind[T], rows []T, out *outputOptions, cwd directories) error {
	names := out.columns.names
	if names == nil {
		names = k.defaults
	}
	if !out.noHeader {
		if err := w.write(names); err != nil {
			return err
		}
	}
	picked := fieldsNamed(k.fields, names)
	record := make([]string, len(picked))
	for i := range rows {
		for f := range picked {
			record[f] = picked[f].value(&rows[i], cwd)
		}
		if err := w.write(record); err != nil {
			return err
		}
	}
	return nil
}
