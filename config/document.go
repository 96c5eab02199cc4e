package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// document is a parsed TOML file that remembers the line of every key, so that
// a mistake found long after parsing can still name its line. The library's own
// decoder stops at the first wrong type; a document collects them all.
type document struct {
	file     string // as mistakes name it
	path     string // where it is
	tree     map[string]any
	lines    map[string]int // line of each key, such as sources[1].schedule
	mistakes Mistakes
}

// parse reads TOML. Its only mistakes are those of syntax: the rest of a broken
// file means nothing.
func parse(file string, data []byte) (*document, error) {
	d := &document{file: file}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // Notepad writes one
	if err := toml.Unmarshal(data, &d.tree); err != nil {
		m := Mistake{File: file, Text: strings.TrimPrefix(err.Error(), "toml: ")}
		var de *toml.DecodeError
		if errors.As(err, &de) {
			m.Line, _ = de.Position()
		}
		return nil, Mistakes{m}
	}
	d.lines = lineIndex(data)
	return d, nil
}

// lineIndex maps the path of every key to the line it stands on.
func lineIndex(data []byte) map[string]int {
	ix := indexer{data: data, lines: map[string]int{}, counts: map[string]int{}}
	p := unstable.Parser{}
	p.Reset(data)
	table := ""
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table:
			table = ix.resolve("", e.Key())
		case unstable.ArrayTable:
			key := ix.resolve("", e.Key())
			table = fmt.Sprintf("%s[%d]", key, ix.counts[key])
			ix.counts[key]++
			ix.note(table, e.Key())
		case unstable.KeyValue:
			ix.keyValue(table, e)
		}
	}
	return ix.lines
}

type indexer struct {
	data   []byte
	lines  map[string]int
	counts map[string]int // elements seen of each array of tables
}

// resolve joins a dotted key to a path. A part that names an array of tables
// means its last element, as TOML defines it.
func (ix *indexer) resolve(table string, key unstable.Iterator) string {
	path, line := table, 0
	var parts []unstable.Node
	for key.Next() {
		parts = append(parts, *key.Node())
	}
	for i, part := range parts {
		path = join(path, string(part.Data))
		line = ix.line(part.Raw)
		if n := ix.counts[path]; n > 0 && i < len(parts)-1 {
			path = fmt.Sprintf("%s[%d]", path, n-1)
		}
	}
	if _, seen := ix.lines[path]; !seen {
		ix.lines[path] = line
	}
	return path
}

func (ix *indexer) note(path string, key unstable.Iterator) {
	for key.Next() {
		ix.lines[path] = ix.line(key.Node().Raw)
	}
}

func (ix *indexer) keyValue(table string, e *unstable.Node) {
	path := ix.resolve(table, e.Key())
	ix.value(path, e.Value())
}

func (ix *indexer) value(path string, v *unstable.Node) {
	children := v.Children()
	switch v.Kind {
	case unstable.InlineTable:
		for children.Next() {
			ix.keyValue(path, children.Node())
		}
	case unstable.Array:
		for i := 0; children.Next(); {
			n := children.Node()
			if n.Kind == unstable.Comment {
				continue
			}
			element := fmt.Sprintf("%s[%d]", path, i)
			if n.Raw.Length > 0 {
				ix.lines[element] = ix.line(n.Raw)
			}
			ix.value(element, n)
			i++
		}
	}
}

func (ix *indexer) line(r unstable.Range) int {
	return bytes.Count(ix.data[:min(int(r.Offset), len(ix.data))], []byte("\n")) + 1
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// line returns the line of a key, or of the nearest table around it.
func (d *document) line(key string) int {
	for key != "" {
		if n, ok := d.lines[key]; ok {
			return n
		}
		key = key[:max(strings.LastIndexAny(key, ".["), 0)]
	}
	return 0
}

func (d *document) report(key, format string, args ...any) {
	d.mistakes = append(d.mistakes, Mistake{d.file, d.line(key), key, fmt.Sprintf(format, args...)})
}

// decode fills the struct that into points to from a table, field by field, and
// reports every unknown key and every wrong type. Keys that are absent leave
// their field as it is: the caller puts the defaults there first.
func (d *document) decode(path string, table map[string]any, into any) {
	fields := map[string]reflect.Value{}
	names := keysOf(reflect.ValueOf(into).Elem(), fields, nil)
	for _, key := range slices.Sorted(maps.Keys(table)) {
		f, known := fields[key]
		if !known {
			d.report(join(path, key), "unknown key; known here: %s", strings.Join(names, ", "))
			continue
		}
		d.set(join(path, key), table[key], f)
	}
}

// keysOf gathers the keys of a struct in their order; those of an embedded struct
// stand beside its own.
func keysOf(v reflect.Value, fields map[string]reflect.Value, names []string) []string {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			names = keysOf(v.Field(i), fields, names)
		} else if tag := f.Tag.Get("toml"); tag != "" {
			fields[tag] = v.Field(i)
			names = append(names, tag)
		}
	}
	return names
}

func (d *document) set(path string, value any, f reflect.Value) {
	switch f.Kind() {
	case reflect.String:
		assign(d, path, value, "a string in quotes", f.SetString)
	case reflect.Bool:
		assign(d, path, value, "true or false", f.SetBool)
	case reflect.Int:
		assign(d, path, value, "a whole number", f.SetInt)
	case reflect.Float64:
		if n, ok := value.(int64); ok {
			value = float64(n)
		}
		assign(d, path, value, "a number", f.SetFloat)
	case reflect.Map: // passed on as it is; its owner decodes it
		assign(d, path, value, "a table", func(t map[string]any) { f.Set(reflect.ValueOf(t)) })
	case reflect.Struct:
		assign(d, path, value, "a table", func(t map[string]any) { d.decode(path, t, f.Addr().Interface()) })
	case reflect.Pointer: // an optional table: nil when absent
		f.Set(reflect.New(f.Type().Elem()))
		d.set(path, value, f.Elem())
	case reflect.Slice:
		assign(d, path, value, "a list", func(list []any) { d.setSlice(path, list, f) })
	default:
		panic("config: no decoding for a field of type " + f.Type().String())
	}
}

func (d *document) setSlice(path string, list []any, f reflect.Value) {
	s := reflect.MakeSlice(f.Type(), len(list), len(list))
	for i, element := range list {
		d.set(fmt.Sprintf("%s[%d]", path, i), element, s.Index(i))
	}
	f.Set(s)
}

func assign[T any](d *document, path string, value any, want string, set func(T)) {
	t, ok := value.(T)
	if !ok {
		d.report(path, "%s is not %s", describe(value), want)
		return
	}
	set(t)
}

// describe names the type only: the value may be a secret in the wrong place.
func describe(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case bool:
		return "a truth value"
	case int64, float64:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "this value"
}
