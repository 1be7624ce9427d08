package cli

import (
	"strconv"
	"time"

	"lotop/model/track"
)

// defaultEventFields are the columns of watch if no others are asked for.
func defaultEventFields() []string {
	return []string{
		"time", "event", "proto", "local", "remote", "state", "from", "role", "pid", "process", "client_pid", "client",
		"lived_ms", "received_bytes", "sent_bytes", "command",
	}
}

// eventFields are all of them: what only events have, and what rows have.
func eventFields() []eventField {
	plain := func(name string, value func(*track.Event) string) eventField {
		return eventField{name, func(e *track.Event, _ directories) string { return value(e) }}
	}
	all := []eventField{
		plain("time", func(e *track.Event) string { return e.Time.Format(time.RFC3339Nano) }),
		plain("event", func(e *track.Event) string { return e.Kind.String() }),
		plain("from", fromField),
		plain("short_lived", func(e *track.Event) string { return yesNo(e.ShortLived) }),
		plain("lived_ms", livedField),
		plain("received_bytes", func(e *track.Event) string { return bytesField(e, e.Received) }),
		plain("sent_bytes", func(e *track.Event) string { return bytesField(e, e.Sent) }),
	}
	for _, f := range fields() {
		all = append(all, eventField{f.name, func(e *track.Event, cwd directories) string { return f.value(&e.Row, cwd) }})
	}
	return all
}

// fromField is the state before a change.
func fromField(e *track.Event) string {
	if e.Kind != track.EventChanged || e.OldState == 0 {
		return ""
	}
	return e.OldState.String()
}

func livedField(e *track.Event) string {
	if e.Lifetime <= 0 {
		return ""
	}
	return strconv.FormatInt(e.Lifetime.Milliseconds(), 10)
}

func bytesField(e *track.Event, n uint64) string {
	if !e.HasBytes {
		return ""
	}
	return strconv.FormatUint(n, 10)
}
