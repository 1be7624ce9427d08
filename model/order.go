package model

import (
	"slices"
	"strings"
)

// Column is what rows can be ordered by.
type Column uint8

// The columns, in the order of the screen.
const (
	ByProto Column = iota
	ByLocal
	ByRemote
	ByState
	ByPID
	ByProcess
	ByUser
	ByAge
)

var columnNames = [...]string{
	ByProto: "proto", ByLocal: "local", ByRemote: "remote", ByState: "state",
	ByPID: "pid", ByProcess: "process", ByUser: "user", ByAge: "age",
}

// String gives the name that --sort takes.
func (c Column) String() string {
	if int(c) < len(columnNames) {
		return columnNames[c]
	}
	return ""
}

// ParseColumn finds a column by its name.
func ParseColumn(name string) (Column, bool) {
	i := slices.Index(columnNames[:], strings.ToLower(name))
	return Column(max(i, 0)), i >= 0
}

// ColumnNames lists what ParseColumn takes.
func ColumnNames() []string { return slices.Clone(columnNames[:]) }

// Order is a column and a direction. Rows for which the column is not known
// come last, reversed first. Ties are always broken by address, upwards, so
// that rows do not dance: the order is total, no two rows are equal in it.
type Order struct {
	Column  Column
	Reverse bool
}
