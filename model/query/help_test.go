package query_test

import (
	"testing"

	"lotop/model/query"
)

// Every example in the help is a query, and every key has its line.
func TestQueryHelp(t *testing.T) {
	seen := map[string]bool{}
	for _, line := range query.Help() {
		seen[line.Key] = true
		if line.Meaning == "" {
			t.Errorf("%s has no meaning", line.Term)
		}
		if line.Key == "" {
			continue
		}
		if _, err := query.Parse(line.Term); err != nil {
			t.Errorf("%s: %v", line.Term, err)
		}
		for _, v := range line.Values {
			if _, err := query.Parse(line.Key + ":" + v); err != nil {
				t.Errorf("%s:%s: %v", line.Key, v, err)
			}
		}
	}
	for _, key := range query.Keys() {
		if !seen[key] {
			t.Errorf("%s: is not in the help", key)
		}
	}
	if query.Values("port") != nil || query.Values("nothing") != nil || len(query.Values("STATE")) != 13 {
		t.Error("query.Values")
	}
}
