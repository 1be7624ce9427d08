package jsonout_test

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"lotop/ui/jsonout"
)

// schemas compiles every file of docs/schema, by name.
func schemas(t testing.TB) map[string]*jsonschema.Schema {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "schema", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no schemas: %v", err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	all := map[string]*jsonschema.Schema{}
	for _, file := range files {
		schema, err := c.Compile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = schema
	}
	return all
}

// validate checks an output against the schema of that name.
func validate(t testing.TB, schema *jsonschema.Schema, what, text string) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Errorf("%s: %v: %q", what, err, text)
		return
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s: %v\n%s", what, err, text)
	}
	for path, changed := range withExtraKeys(value) {
		if schema.Validate(changed) == nil {
			t.Errorf("%s: a key at %s that is not documented passes", what, path)
		}
	}
}

// withExtraKeys returns the value with one more key, for each of its objects.
func withExtraKeys(value any) map[string]any {
	all := map[string]any{}
	put := func(under string, within map[string]any, wrap func(any) any) {
		for path, changed := range within {
			all[under+path] = wrap(changed)
		}
	}
	switch v := value.(type) {
	case map[string]any:
		with := func(key string, x any) any {
			c := map[string]any{}
			for k, old := range v {
				c[k] = old
			}
			c[key] = x
			return c
		}
		all["/"] = with("extra", true)
		for key, x := range v {
			put("/"+key, withExtraKeys(x), func(changed any) any { return with(key, changed) })
		}
	case []any:
		if len(v) > 0 { // the first stands for all
			put("/0", withExtraKeys(v[0]), func(changed any) any {
				c := slices.Clone(v)
				c[0] = changed
				return c
			})
		}
	}
	return all
}

// The schemas and the code have the same keys, so that neither has one that the
// other does not know.
func TestSchemaKeys(t *testing.T) {
	all := schemas(t)
	for name, of := range map[string]reflect.Type{
		"socket": reflect.TypeFor[jsonout.Socket](), "why": reflect.TypeFor[jsonout.Diagnosis](), "free": reflect.TypeFor[jsonout.Free](),
		"wait": reflect.TypeFor[jsonout.Wait](), "watch": reflect.TypeFor[jsonout.Event](), "doctor": reflect.TypeFor[jsonout.Doctor](),
		"ports": reflect.TypeFor[[]jsonout.Port](),
	} {
		want, got := map[string]bool{}, map[string]bool{}
		keysOf(of, "", want)
		documentedKeys(all[name], "", got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: the code (-) and the schema (+) differ:\n%s", name, diff)
		}
	}
}

// keysOf collects the keys of a type, those of a socket only where it is at the
// top.
func keysOf(t reflect.Type, path string, into map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Marshaler]()) ||
		path != "" && t == reflect.TypeFor[jsonout.Socket]() {
		return
	}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		into[path+"/"+name] = true
		keysOf(f.Type, path+"/"+name, into)
	}
}

func documentedKeys(s *jsonschema.Schema, path string, into map[string]bool) {
	for s != nil && (s.Ref != nil || len(s.OneOf) > 0 && path == "") {
		if s.Ref == nil {
			s = s.OneOf[0] // the other is an array of it
		} else {
			s = s.Ref
		}
	}
	if s == nil || path != "" && strings.HasSuffix(s.Location, "socket.json#/$defs/socket") {
		return
	}
	for name, property := range s.Properties {
		into[path+"/"+name] = true
		documentedKeys(property, path+"/"+name, into)
	}
	documentedKeys(s.Items2020, path, into)
}
