package collectors

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

const (
	maxField     = 1 << 20 // bytes of one field; a longer one costs its row
	maxColumns   = 256
	maxRecovered = 16 // how often an open quote at the end may cost a second look
)

var (
	errOpenQuote = errors.New("a quoted field is not closed before the end of the file; close it with \"")
	errCut       = errors.New("a field is longer than 1 MiB; shorten it")
	errColumns   = errors.New("the row has more than 256 columns; check the delimiter")
)

// csvReader reads delimited rows in constant memory. encoding/csv is not used
// because one quote that is never closed makes it read the rest of the file into
// one field: here the rows after that quote are read again without it.
type csvReader struct {
	in        *bufio.Reader
	comma     byte
	next      int    // line that the next byte belongs to
	quoted    []byte // what was read since the first line break inside the open quote
	recovered int
	field     []byte
	row       []string
	err       error // first thing wrong with the row
}

func newCSVReader(r io.Reader, comma byte) *csvReader {
	return &csvReader{in: bufio.NewReaderSize(r, 64<<10), comma: comma, next: 1}
}

// read returns the next row that is not empty and its first line. The error is
// io.EOF at the end, one of the errors above when the row is not to be used
// (reading may go on), or that of the reader. The row is valid until the next
// call.
func (c *csvReader) read() (row []string, line int, err error) {
	for {
		line = c.next
		err := c.record()
		switch {
		case err != nil && err != io.EOF:
			return nil, line, err
		case c.err != nil:
			return nil, line, c.err
		case len(c.row) == 1 && c.row[0] == "" && err == nil:
			continue // an empty line
		case len(c.row) == 1 && c.row[0] == "" && err == io.EOF:
			return nil, line, io.EOF
		}
		return c.row, line, nil
	}
}

// record reads up to the end of a line outside quotes.
func (c *csvReader) record() error {
	c.row, c.field, c.quoted, c.err = c.row[:0], c.field[:0], c.quoted[:0], nil
	for {
		b, err := c.in.ReadByte()
		switch {
		case err != nil:
			c.endField()
			return err
		case b == '"' && len(c.field) == 0:
			if err := c.quote(); err != nil {
				c.endField()
				return err
			}
		case b == c.comma:
			c.endField()
		case b == '\n':
			c.next++
			c.field = bytes.TrimSuffix(c.field, []byte("\r"))
			c.endField()
			return nil
		default:
			c.add(b)
		}
	}
}

// quote reads a quoted field up to its closing quote; "" is a quote.
func (c *csvReader) quote() error {
	start := c.next
	for {
		b, err := c.in.ReadByte()
		if err == io.EOF {
			return c.openQuote(start)
		}
		if err != nil {
			return err
		}
		if c.next > start && len(c.quoted) <= maxField {
			c.quoted = append(c.quoted, b)
		}
		if b == '\n' {
			c.next++
		}
		if b != '"' {
			c.add(b)
			continue
		}
		if after, _ := c.in.Peek(1); len(after) == 0 || after[0] != '"' {
			c.quoted = c.quoted[:0]
			return nil
		}
		c.in.Discard(1)
		if c.next > start && len(c.quoted) <= maxField {
			c.quoted = append(c.quoted, '"')
		}
		c.add('"')
	}
}

// openQuote gives up the row and reads the lines that its quote swallowed again.
func (c *csvReader) openQuote(start int) error {
	c.err = errOpenQuote
	if len(c.quoted) == 0 || len(c.quoted) > maxField || c.recovered == maxRecovered {
		return nil
	}
	c.recovered++
	c.in = bufio.NewReader(bytes.NewReader(bytes.Clone(c.quoted)))
	c.next = start + 1
	return errOpenQuote
}

func (c *csvReader) add(b byte) {
	if len(c.field) >= maxField {
		c.err = errCut
		return
	}
	c.field = append(c.field, b)
}

func (c *csvReader) endField() {
	if len(c.row) >= maxColumns {
		c.err = errColumns
		return
	}
	c.row = append(c.row, string(c.field))
	c.field = c.field[:0]
}
