package collectors

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// lines reads one JSON object a line.
func (r *fileRun) lines(in *bufio.Reader, mapped map[string]string) error {
	for n := 1; ; n++ {
		text, long, err := readLine(in, 4*maxField)
		where := func() string { return fmt.Sprintf("%s:%d", r.name, n) }
		text = bytes.TrimSpace(text)
		switch {
		case err != nil && err != io.EOF:
			return fmt.Errorf("%s: %w", where(), err)
		case long:
			r.report.Fetched++
			r.report.reject(where(), "the line is longer than 4 MiB; shorten it")
		case len(text) > 0:
			if err := r.object(where, text, mapped); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// readLine returns a line without keeping more than limit bytes of it.
func readLine(in *bufio.Reader, limit int) (line []byte, long bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) > limit {
			line, long = nil, true
		}
		if !long {
			line = append(line, part...)
		}
		if err != bufio.ErrBufferFull {
			return line, long, err
		}
	}
}

// array reads a JSON array of objects, or the first array inside an object.
func (r *fileRun) array(in io.Reader, mapped map[string]string) error {
	budget := &budgetReader{in: in, left: 4 * maxField}
	dec := json.NewDecoder(budget)
	for depth := 0; ; depth++ {
		token, err := dec.Token()
		if err != nil {
			return fmt.Errorf("%s: not JSON: %w; is it cut off?", r.name, err)
		}
		if token == json.Delim('[') {
			break
		}
		if depth > 1000 {
			return fmt.Errorf("%s: no array of objects near the beginning; use JSON lines or an array", r.name)
		}
	}
	for n := 0; dec.More(); n++ {
		budget.left = 4 * maxField
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			r.report.Fetched++
			r.report.reject(fmt.Sprintf("%s[%d]", r.name, n), "not JSON: %v; the rest of the file is not read", err)
			return nil
		}
		if err := r.object(func() string { return fmt.Sprintf("%s[%d]", r.name, n) }, raw, mapped); err != nil {
			return err
		}
	}
	return nil
}

// budgetReader bounds what one element of an array may take.
type budgetReader struct {
	in   io.Reader
	left int
}

func (b *budgetReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("an element is longer than 4 MiB")
	}
	n, err := b.in.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// object keeps one JSON object. Mapped columns may reach into objects: user.name.
func (r *fileRun) object(where func() string, text []byte, mapped map[string]string) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // ids are longer than float64 is exact
	var row map[string]any
	if err := dec.Decode(&row); err != nil {
		r.report.Fetched++
		r.report.reject(where(), "not a JSON object: %v; correct or delete it", err)
		return nil
	}
	plain := make(map[string]any, len(row))
	for key, value := range row {
		plain[plainName(key)] = value
	}
	var values [fieldCount]string
	for f, names := range usualNames {
		for i := 0; values[f] == "" && i < len(names); i++ {
			values[f] = scalar(plain[names[i]])
		}
	}
	for f, name := range fieldNames {
		if path, ok := mapped[name]; ok {
			values[f] = scalar(lookup(row, path))
		}
	}
	if r.nps != "" {
		return r.keepAnswer(where, values, scalar(lookup(row, r.nps)), contentID(string(text)))
	}
	return r.keep(where, values)
}

func lookup(row map[string]any, path string) any {
	if v, ok := row[path]; ok {
		return v
	}
	key, rest, ok := strings.Cut(path, ".")
	inner, isObject := row[key].(map[string]any)
	if !ok || !isObject {
		return nil
	}
	return lookup(inner, rest)
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
