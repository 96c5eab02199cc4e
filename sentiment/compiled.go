package sentiment

import (
	_ "embed" // for the compiled lexicon
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"
)

//go:generate go run ./compile

// compiled is the embedded lexicon as [Analyzer.MarshalBinary] wrote it. An analyzer
// reads it where it lies: in the file of the program, of which the system holds one
// copy for all processes. Bytes, because a string may lie at any address.
//
//go:embed lexicon/compiled.bin
var compiled []byte

// load returns the tables that lie in data. It reports false when data was made from
// files with another checksum than sum, or for another processor: then the files
// must be read.
func load(data []byte, sum uint32) (t tables, ok bool) {
	if uintptr(unsafe.Pointer(unsafe.SliceData(data)))%formAlign != 0 || binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return t, false
	}
	f := &form{data: data}
	t.each(f)
	return t, f.err == nil && t.model.sum == sum
}

// MarshalBinary returns the lexicon as an analyzer holds it in memory. Equal lexicons
// give equal bytes.
func (a *Analyzer) MarshalBinary() ([]byte, error) {
	f := &form{writing: true}
	t := a.tables
	t.each(f)
	return f.data, f.err
}

// each passes the tables to f, in the order of the file.
func (t *tables) each(f *form) {
	record(f, &t.model)
	list(f, &t.words)
	list(f, &t.boosts)
	list(f, &t.names)
	list(f, &t.expand)
	record(f, &t.table.turns)
	record(f, &t.table.slots)
	list(f, &t.table.rest)
	list(f, &t.trie.nodes)
	list(f, &t.trie.slots)
	record(f, &t.trie.pairs)
	list(f, &t.info)
	list(f, &t.details)
	list(f, &t.roles)
	list(f, &t.affixes.clitics)
	list(f, &t.affixes.suffixes)
	list(f, &t.affixes.prefixes)
	record(f, &t.affixes.starts)
	record(f, &t.affixes.ends)
	record(f, &t.emoticons)
	list(f, &t.deny)
	list(f, &t.strings)
	text := []byte(t.text)
	list(f, &text)
	t.text = unsafe.String(unsafe.SliceData(text), len(text))
}

// form is a compiled lexicon while it is written or read: lists, one after the
// other, each behind a head.
type form struct {
	data    []byte
	at      int // what was read so far
	writing bool
	err     error
}

// head says what follows: n values of a size in bytes.
type head struct{ size, n uint32 }

// formAlign is what the places of heads and lists are a multiple of: a record of that
// size, which most are, then lies in one line of the cache.
const formAlign = 16

var errForm = errors.New("not a compiled lexicon of this program")

// list writes a list of values without pointers, or lets it point into the file.
func list[T any](f *form, values *[]T) {
	if f.err != nil {
		return
	}
	size := unsafe.Sizeof(*new(T))
	if f.writing {
		f.append(head{uint32(size), uint32(len(*values))})
		if binary.Size(*values) != len(*values)*int(size) {
			f.err = fmt.Errorf("%T has a gap between its fields: name it _", *values)
		}
		f.append(*values)
		return
	}
	h := (*head)(f.next(unsafe.Sizeof(head{})))
	if h == nil || uintptr(h.size) != size {
		f.err = errForm
		return
	}
	if p := f.next(size * uintptr(h.n)); p != nil {
		*values = unsafe.Slice((*T)(p), h.n)
	}
}

// record is list for one value.
func record[T any](f *form, value **T) {
	var one []T
	if f.writing {
		one = unsafe.Slice(*value, 1)
	}
	if list(f, &one); f.err == nil && len(one) != 1 {
		f.err = errForm
	}
	*value = unsafe.SliceData(one)
}

// append writes v field by field, so that no byte of it is left to chance.
func (f *form) append(v any) {
	if f.err != nil {
		return
	}
	f.data, f.err = binary.Append(f.data, binary.LittleEndian, v)
	for len(f.data)%formAlign != 0 {
		f.data = append(f.data, 0)
	}
}

// next returns the next n bytes, nil when they, or what fills them up, are missing.
func (f *form) next(n uintptr) unsafe.Pointer {
	left := uintptr(len(f.data) - f.at)
	filled := (n + formAlign - 1) &^ (formAlign - 1)
	if n > left || filled > left {
		f.err = errForm
		return nil
	}
	p := unsafe.Pointer(unsafe.SliceData(f.data[f.at:]))
	f.at += int(filled)
	return p
}
