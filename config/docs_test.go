package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// readKeys lists the keys of a table of the file, such as "slack.quiet_hours.from".
func readKeys(prefix string, t reflect.Type) (keys []string) {
	for n := range t.NumField() {
		field := t.Field(n)
		key, of := prefix+field.Tag.Get("toml"), field.Type
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() == reflect.Struct {
			keys = append(keys, readKeys(key+".", of)...)
			continue
		}
		keys = append(keys, key)
	}
	return keys
}

// TestEveryKeyIsDocumented compares the tables of docs/configuration.md with the
// keys that are read, both ways.
func TestEveryKeyIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	prefix, last := "", ""
	for line := range strings.Lines(string(page)) {
		switch {
		case strings.HasPrefix(line, "## Brands"):
			prefix = "brands."
		case strings.HasPrefix(line, "## Sources"):
			prefix = "sources."
		case strings.HasPrefix(line, "## "):
			prefix = ""
		}
		cells := strings.Split(line, "|")
		if len(cells) < 3 || strings.Contains(cells[1], ":") {
			continue
		}
		for _, m := range regexp.MustCompile("`([a-z_.]+)`").FindAllStringSubmatch(cells[1], -1) {
			key := prefix + m[1]
			if strings.HasPrefix(m[1], ".") { // shares the table of the key before it
				key = last[:strings.LastIndex(last, ".")] + m[1]
			}
			documented, last = append(documented, key), key
		}
	}
	read := readKeys("", reflect.TypeFor[file]())
	for _, key := range read {
		if !slices.Contains(documented, key) {
			t.Errorf("docs/configuration.md does not explain %s", key)
		}
	}
	for _, key := range documented {
		if !slices.Contains(read, key) {
			t.Errorf("docs/configuration.md explains %s, which nothing reads", key)
		}
	}
}

// TestTheExampleShowsEveryKey wants each key in config.toml, switched on or behind a
// comment sign.
func TestTheExampleShowsEveryKey(t *testing.T) {
	example, err := os.ReadFile("../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range readKeys("", reflect.TypeFor[file]()) {
		name := key[strings.LastIndex(key, ".")+1:]
		if !regexp.MustCompile(`(?m)^(# )?` + name + ` *=`).Match(example) {
			t.Errorf("config.toml does not show %s", key)
		}
	}
}
