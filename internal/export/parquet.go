package export

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
)

// rowGroup bounds what is held in memory.
const rowGroup = 50_000

type parquetWriter struct {
	out     *parquet.GenericWriter[any]
	columns []Column
	rows    []parquet.Row
	written int
}

func newParquet(w io.Writer, columns []Column) (*parquetWriter, error) {
	fields := make([]reflect.StructField, len(columns))
	for i, c := range columns {
		if strings.ContainsAny(c.Name, "\",`") {
			return nil, fmt.Errorf("column %q: give it a plain name with AS", c.Name)
		}
		field := reflect.StructField{Name: fmt.Sprintf("F%d", i)}
		field.Type, field.Tag = fieldOf(c)
		fields[i] = field
	}
	// A struct keeps the order of the columns; a parquet.Group would sort them.
	schema := parquet.NewSchema("pantau", parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface()))
	out := parquet.NewGenericWriter[any](w, schema, parquet.Compression(&parquet.Zstd), parquet.CreatedBy("pantau", "", ""))
	return &parquetWriter{out: out, columns: columns}, nil
}

func fieldOf(c Column) (reflect.Type, reflect.StructTag) {
	tag := func(more string) reflect.StructTag {
		return reflect.StructTag(`parquet:"` + c.Name + `,optional` + more + `"`)
	}
	switch c.Type {
	case Integer:
		return reflect.TypeFor[int64](), tag("")
	case Real:
		return reflect.TypeFor[float64](), tag("")
	case Time:
		return reflect.TypeFor[int64](), tag(",timestamp(microsecond)")
	case Day:
		return reflect.TypeFor[int32](), tag(",date")
	}
	return reflect.TypeFor[string](), tag("")
}

func (p *parquetWriter) Write(row []any) error {
	values := make(parquet.Row, len(row))
	for i, v := range row {
		value, err := parquetValue(p.columns[i].Type, v)
		if err != nil {
			return fmt.Errorf("column %s: %w", p.columns[i].Name, err)
		}
		definition := 1
		if value.IsNull() {
			definition = 0
		}
		values[i] = value.Level(0, definition, i)
	}
	p.rows = append(p.rows, values)
	if len(p.rows) < 1000 {
		return nil
	}
	return p.flush()
}

func (p *parquetWriter) flush() error {
	if _, err := p.out.WriteRows(p.rows); err != nil {
		return err
	}
	p.written += len(p.rows)
	p.rows = p.rows[:0]
	if p.written < rowGroup {
		return nil
	}
	p.written = 0
	return p.out.Flush()
}

func (p *parquetWriter) Close() error {
	if err := p.flush(); err != nil {
		return err
	}
	return p.out.Close()
}

// parquetValue makes a value fit the type of its column.
func parquetValue(t Type, v any) (parquet.Value, error) {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	switch x := v.(type) {
	case nil:
		return parquet.NullValue(), nil
	case int64:
		switch t {
		case Integer:
			return parquet.Int64Value(x), nil
		case Real:
			return parquet.DoubleValue(float64(x)), nil
		}
	case float64:
		if t == Real {
			return parquet.DoubleValue(x), nil
		}
	case string:
		switch t {
		case Text:
			return parquet.ByteArrayValue([]byte(x)), nil
		case Time:
			at, err := time.Parse(time.RFC3339, x)
			return parquet.Int64Value(at.UnixMicro()), err
		case Day:
			day, err := time.Parse(time.DateOnly, x)
			return parquet.Int32Value(int32(day.Unix() / 86400)), err
		}
	}
	return parquet.Value{}, fmt.Errorf("%v is no %s", v, t)
}
