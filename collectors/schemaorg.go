package collectors

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// node is an object of JSON-LD, or an item of microdata in the same shape.
type node = map[string]any

// maxNesting bounds how deep markup is followed.
const maxNesting = 50

// ldBlocks returns the contents of the JSON-LD scripts of a page. The type may
// have no quotes, or parameters.
func ldBlocks(page []byte) [][]byte {
	if !bytes.Contains(page, []byte("ld+json")) && !bytes.Contains(page, []byte("LD+JSON")) {
		return nil
	}
	var out [][]byte
	z := html.NewTokenizer(bytes.NewReader(page))
	inside := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken:
			name, more := z.TagName()
			inside = string(name) == "script" && more && isLD(z)
		case html.TextToken:
			if inside {
				out = append(out, bytes.Clone(z.Text()))
			}
			inside = false
		}
	}
}

func isLD(z *html.Tokenizer) bool {
	for {
		key, value, more := z.TagAttr()
		if string(key) == "type" && strings.HasPrefix(strings.ToLower(strings.TrimSpace(string(value))), "application/ld+json") {
			return true
		}
		if !more {
			return false
		}
	}
}

// parseLD reads a block, and repairs what sites get wrong if it has to: comments
// around the JSON, raw line breaks in strings, \' and commas before a bracket.
func parseLD(block []byte) (value any, err error) {
	if json.Unmarshal(block, &value) == nil {
		return value, nil
	}
	err = json.Unmarshal(repairJSON(block), &value)
	return value, err
}

func repairJSON(block []byte) []byte {
	block = bytes.ReplaceAll(bytes.ReplaceAll(block, []byte("<![CDATA["), nil), []byte("]]>"), nil)
	begin := bytes.IndexAny(block, "[{")
	end := bytes.LastIndexAny(block, "]}")
	if begin < 0 || end < begin {
		return nil
	}
	var out bytes.Buffer
	inString := false
	in := block[begin : end+1]
	for i := 0; i < len(in); i++ {
		c := in[i]
		switch {
		case inString && c == '\\' && i+1 < len(in):
			i++
			if in[i] != '\'' {
				out.WriteByte('\\')
			}
			out.WriteByte(in[i])
		case c == '"':
			inString = !inString
			out.WriteByte(c)
		case inString && c < ' ':
			out.WriteByte(' ')
		case !inString && c == ',' && closes(in[i+1:]):
		default:
			out.WriteByte(c)
		}
	}
	return out.Bytes()
}

func closes(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) > 0 && (rest[0] == ']' || rest[0] == '}')
}

// walker finds the reviews and averages among the nodes of a page.
type walker struct {
	ids   map[string]node // nodes that others refer to
	found []node
	rated []rated
}

// rated is an AggregateRating with the name of what it is about.
type rated struct {
	subject string
	rating  node
}

// index remembers nodes with an @id and something to say.
func (w *walker) index(v any, depth int) {
	each(v, depth, func(n node) {
		if id, ok := n["@id"].(string); ok && len(n) > 1 {
			w.ids[id] = n
		}
	}, w.index)
}

// reviews collects every node of a review type, wherever it stands.
func (w *walker) reviews(v any, depth int) {
	each(v, depth, func(n node) {
		if !isReview(n["@type"]) {
			return
		}
		// An author may be a reference to a node elsewhere on the page.
		if ref, ok := first(n["author"]).(node); ok {
			if id, ok := ref["@id"].(string); ok && len(ref) == 1 && w.ids[id] != nil {
				n["author"] = w.ids[id]
			}
		}
		w.found = append(w.found, n)
	}, w.reviews)
}

// ratings collects every average that the page shows of all its ratings.
func (w *walker) ratings(v any, depth int) {
	each(v, depth, func(n node) {
		rating, ok := first(get(n, "aggregateRating")).(node)
		if about, alone := first(get(n, "itemReviewed")).(node); alone && isType(n["@type"], "AggregateRating") {
			w.rated = append(w.rated, rated{textOf(about, "name"), n})
		}
		if !ok {
			return
		}
		if id, isRef := rating["@id"].(string); isRef && len(rating) == 1 && w.ids[id] != nil {
			rating = w.ids[id]
		}
		w.rated = append(w.rated, rated{textOf(n, "name"), rating})
	}, w.ratings)
}

// each calls visit for the nodes of v and descend for everything below them.
func each(v any, depth int, visit func(node), descend func(any, int)) {
	if depth > maxNesting {
		return
	}
	switch v := v.(type) {
	case node:
		visit(v)
		for _, key := range innerKeys(v) {
			descend(v[key], depth+1)
		}
	case []any:
		for _, inner := range v {
			descend(inner, depth+1)
		}
	}
}

// innerKeys returns the properties with nodes or lists in them, sorted, so that
// what is found has the same order every time.
func innerKeys(n node) []string {
	var buf [8]string
	keys := buf[:0]
	for key, value := range n {
		switch value.(type) {
		case node, []any:
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// isReview reports Review and its kinds, as a word or as an IRI. A ClaimReview
// checks facts.
func isReview(types any) bool {
	return isType(types, "Review", "UserReview", "CriticReview", "EmployerReview")
}

func isType(types any, names ...string) bool {
	list, ok := types.([]any)
	if !ok {
		list = []any{types}
	}
	for _, t := range list {
		name, _ := t.(string)
		if slices.Contains(names, name[strings.LastIndexAny(name, "/#:")+1:]) {
			return true
		}
	}
	return false
}

// first returns v, or the first element of a list.
func first(v any) any {
	if list, ok := v.([]any); ok && len(list) > 0 {
		return list[0]
	}
	return v
}

// get returns a property. Some sites write the first letter as a capital.
func get(n node, key string) any {
	if v, ok := n[key]; ok {
		return v
	}
	for k, v := range n {
		if len(k) == len(key) && strings.EqualFold(k, key) {
			return v
		}
	}
	return nil
}

// textOf returns the first of the properties that is a text or a number.
func textOf(n node, keys ...string) string {
	for _, key := range keys {
		switch v := first(get(n, key)).(type) {
		case string:
			if s := strings.TrimSpace(v); s != "" {
				return s
			}
		case float64:
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return ""
}

// nameOf returns a property that is a name, or a node with one.
func nameOf(n node, key string) string {
	if inner, ok := first(get(n, key)).(node); ok {
		return textOf(inner, "name")
	}
	return textOf(n, key)
}
