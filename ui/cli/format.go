package cli

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lotop/ui"
)

// The formats of what is printed row by row.
const (
	formatTable = "table"
	formatCSV   = "csv"
	formatTSV   = "tsv"
	formatJSONL = "jsonl"
	formatJSON  = "json"
)

// outputOptions says how a command prints its rows.
type outputOptions struct {
	format   choice
	columns  columnNames
	noHeader bool
}

// add adds the flags to a command; columns are those that it knows.
func (o *outputOptions) add(cmd *cobra.Command, columns []string, formats ...string) {
	o.format = choice{"FORMAT", formatTable, formats}
	o.columns.known = columns
	f := cmd.Flags()
	f.Var(&o.format, "format", "output format: "+o.format.list())
	f.Var(&o.columns, "columns", "print only these columns, in this order: "+strings.Join(columns, ", "))
	f.BoolVar(&o.noHeader, "no-header", false, "omit the line of column names")
	o.format.complete(cmd, "format")
	o.columns.complete(cmd, "columns")
}

// settle checks what does not fit together. short is the format that --json stands
// for.
func (o *outputOptions) settle(cmd *cobra.Command, json bool, short string) error {
	if json {
		if cmd.Flags().Changed("format") && o.format.value != short {
			return fmt.Errorf("--json and --format %s cannot be used together", o.format.value)
		}
		o.format.value = short
	}
	if !o.isJSON() {
		return nil
	}
	for _, flag := range []string{"columns", "no-header"} {
		if cmd.Flags().Changed(flag) {
			return fmt.Errorf("--%s requires --format table, csv or tsv", flag)
		}
	}
	return nil
}

func (o *outputOptions) isJSON() bool { return strings.HasPrefix(o.format.value, "json") }

// columnNames is a flag that takes names of columns, separated by commas.
type columnNames struct {
	names, known []string
}

// String implements pflag.Value.
func (c *columnNames) String() string { return strings.Join(c.names, ",") }

// Type implements pflag.Value.
func (c *columnNames) Type() string { return "NAMES" }

// Set implements pflag.Value.
func (c *columnNames) Set(s string) error {
	var names []string
	for name := range strings.SplitSeq(strings.ToLower(s), ",") {
		if name = strings.TrimSpace(name); !slices.Contains(c.known, name) {
			return fmt.Errorf("unknown column %q; known columns: %s", name, strings.Join(c.known, ", "))
		}
		names = append(names, name)
	}
	c.names = names
	return nil
}

// complete lets the shell offer the names, behind those that are typed already.
func (c *columnNames) complete(cmd *cobra.Command, flag string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var all []string
		for _, name := range c.known {
			all = append(all, before+name)
		}
		return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

// recordWriter writes records for other programs: one a line, the fields
// separated, and nothing in a field but its value. What it has written is in w,
// which csv.Writer takes for its own buffer.
type recordWriter struct {
	w   *bufio.Writer
	csv *csv.Writer // nil for tab-separated values
}

func newRecordWriter(w *bufio.Writer, format string) *recordWriter {
	r := &recordWriter{w: w}
	if format == formatCSV {
		r.csv = csv.NewWriter(w)
	}
	return r
}

// write writes one record. What fields hold is in its clean form, which has neither
// tabs nor line breaks.
func (r *recordWriter) write(record []string) error {
	if r.csv == nil {
		_, err := r.w.WriteString(strings.Join(record, "\t") + "\n")
		return err
	}
	return r.csv.Write(record)
}

// orDash fills what is empty in a table of a pipe, so that the fields of a line can
// be counted.
func orDash(text string) string {
	if text == "" || text == ui.Dash {
		return "-"
	}
	return text
}
