package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

type jsonlWriter struct {
	out  *bufio.Writer
	keys [][]byte // with the colon
	buf  bytes.Buffer
	enc  *json.Encoder
}

func newJSONL(w io.Writer, columns []Column) *jsonlWriter {
	j := &jsonlWriter{out: bufio.NewWriter(w)}
	j.enc = json.NewEncoder(&j.buf)
	j.enc.SetEscapeHTML(false)
	for _, c := range columns {
		key, _ := json.Marshal(c.Name) // a string always marshals
		j.keys = append(j.keys, append(key, ':'))
	}
	return j
}

// Write writes the row as one object, in the order of the columns.
func (j *jsonlWriter) Write(row []any) error {
	j.buf.Reset()
	for i, v := range row {
		if i == 0 {
			j.buf.WriteByte('{')
		} else {
			j.buf.WriteByte(',')
		}
		j.buf.Write(j.keys[i])
		if err := j.value(v); err != nil {
			return fmt.Errorf("%s %w", j.keys[i], err)
		}
	}
	j.buf.WriteString("}\n")
	_, err := j.out.Write(j.buf.Bytes())
	return err
}

func (j *jsonlWriter) value(v any) error {
	switch x := v.(type) {
	case []byte:
		v = string(x)
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			v = nil // JSON has no word for it
		}
	}
	err := j.enc.Encode(v)
	j.buf.Truncate(j.buf.Len() - 1) // the line end of Encode
	return err
}

func (j *jsonlWriter) Close() error { return j.out.Flush() }
