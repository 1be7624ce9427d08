package query

import "testing"

// Every example in the help is a query, and every key has its line.
func TestQueryHelp(t *testing.T) {
	seen := map[string]bool{}
	for _, line := range Help() {
		seen[line.Key] = true
		if line.Meaning == "" {
			t.Errorf("%s has no meaning", line.Term)
		}
		if line.Key == "" {
			continue
		}
		if _, err := Parse(line.Term); err != nil {
			t.Errorf("%s: %v", line.Term, err)
		}
		for _, v := range line.Values {
			if _, err := Parse(line.Key + ":" + v); err != nil {
				t.Errorf("%s:%s: %v", line.Key, v, err)
			}
		}
	}
	for _, key := range Keys() {
		if !seen[key] {
			t.Errorf("%s: is not in the help", key)
		}
	}
	if Values("port") != nil || Values("nothing") != nil || len(Values("STATE")) != 13 {
		t.Error("QueryValues")
	}
}
