package ui

// TableColumns returns the names of the columns of the screen's table, from left
// to right as they stand without a choice. The screen draws them; the
// configuration file chooses among them.
func TableColumns() []string {
	return []string{"proto", "local", "remote", "state", "pid", "process", "age", "in", "out", "user", "command"}
}
