// Package tui is the screen: one Bubble Tea model with its panes.
//
// Data flows one way. A worker reads and arranges (worker.go), one job at a
// time, in a command; Update takes the finished result (update.go); View draws
// the rows that are in sight (view.go). Update and View read nothing from the
// system and never walk through all rows.
//
// The panes are plain structs with methods: table, details, dialog. They know
// nothing of each other; Model holds them together.
package tui
