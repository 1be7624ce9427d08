package query

import "strings"

// HelpTerm is one line of the query help.
type HelpTerm struct {
	Term    string   // the syntax, with an example
	Meaning string   // what it matches, in a few words
	Key     string   // the key without the colon; empty for terms without one
	Values  []string // the words the key accepts; nil if it accepts anything
}

// Help returns every term of the language. The help screen, completion and the
// documentation are generated from it, and it is generated from the parser's own table.
func Help() []HelpTerm {
	terms := []HelpTerm{
		{Term: "3000  :3000  3000-3999", Meaning: "local or remote port"},
		{Term: "127.0.0.1  127.0.0.1:3000  localhost", Meaning: "local or remote address, with or without a port"},
		{Term: `word  "two words"`, Meaning: "substring of an address, service, process name, command line, user, unit, " +
			"container, interface or debugger"},
		{Term: "/regex/", Meaning: "same fields, as a regular expression"},
	}
	for i := range keyTable {
		k := &keyTable[i]
		t := HelpTerm{Term: k.name + ":" + k.example, Meaning: k.meaning, Key: k.name, Values: Values(k.name)}
		if t.Values != nil {
			t.Meaning += ": " + strings.Join(t.Values, ", ")
		}
		terms = append(terms, t)
	}
	return append(terms,
		HelpTerm{Term: "key:one,two", Meaning: "match any of the values"},
		HelpTerm{Term: "-term  !term  not:term", Meaning: "exclude matching rows"},
	)
}

// Keys returns the keys of the language, without the colon.
func Keys() []string {
	keys := make([]string, len(keyTable))
	for i := range keyTable {
		keys[i] = keyTable[i].name
	}
	return keys
}

// Values returns the words that a key accepts; nil if it accepts anything or is no key.
func Values(key string) []string {
	k := findKey(key)
	if k == nil || k.keywords == nil {
		return nil
	}
	return keywordNames(k.keywords())
}
