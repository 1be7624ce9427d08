package model

import (
	"slices"
	"strings"
)

// Column is a column that rows can be sorted by.
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

// String returns the name that --sort accepts.
func (c Column) String() string {
	if int(c) < len(columnNames) {
		return columnNames[c]
	}
	return ""
}

// ParseColumn returns the column of that name.
func ParseColumn(name string) (Column, bool) {
	i := slices.Index(columnNames[:], strings.ToLower(name))
	return Column(max(i, 0)), i >= 0
}

// ColumnNames returns the names that ParseColumn accepts.
func ColumnNames() []string { return slices.Clone(columnNames[:]) }

// Order is a column and a direction. Rows without a value in the column come last,
// reversed first. Ties are broken by address, always ascending, so that rows keep their
// places: the order is total, no two rows are equal in it.
type Order struct {
	Column  Column
	Reverse bool
}
