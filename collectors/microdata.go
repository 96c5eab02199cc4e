package collectors

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// microdata returns the top-level items of a page as nodes, and then the items
// that are the property of nothing, which some shops write.
// https://html.spec.whatwg.org/multipage/microdata.html#converting-html-to-other-formats
func microdata(page []byte) []any {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil // nested too deeply for the parser
	}
	p := &microdataPage{byID: map[string]*html.Node{}, made: map[*html.Node]bool{}}
	var items, orphans []*html.Node
	for n := range doc.Descendants() {
		if id := attr(n, "id"); id != "" && p.byID[id] == nil {
			p.byID[id] = n
		}
		switch {
		case has(n, "itemscope") && has(n, "itemprop"):
			orphans = append(orphans, n)
		case has(n, "itemscope"):
			items = append(items, n)
		}
	}
	var out []any
	for _, item := range append(items, orphans...) {
		if !p.made[item] {
			out = append(out, p.item(item, 0))
		}
	}
	return out
}

// maxItems bounds the items of a page: references can name the same element over
// and over, in circles too.
const maxItems = 10_000

type microdataPage struct {
	byID map[string]*html.Node
	made map[*html.Node]bool
	runs int
}

// item turns an element with itemscope into a node. Elements that itemref names
// belong to it as well.
func (p *microdataPage) item(n *html.Node, depth int) node {
	out := node{}
	if types := strings.Fields(attr(n, "itemtype")); len(types) > 0 {
		list := make([]any, len(types))
		for i, t := range types {
			list[i] = t
		}
		out["@type"] = list
	}
	if id := strings.TrimSpace(attr(n, "itemid")); id != "" {
		out["@id"] = id
	}
	p.made[n] = true
	if p.runs++; depth > maxNesting || p.runs > maxItems {
		return out
	}
	p.properties(n, out, depth)
	for ref := range strings.FieldsSeq(attr(n, "itemref")) {
		if other := p.byID[ref]; other != nil && other != n {
			p.property(other, out, depth)
		}
	}
	return out
}

// properties adds what the children of n say about out.
func (p *microdataPage) properties(n *html.Node, out node, depth int) {
	for c := range n.ChildNodes() {
		p.property(c, out, depth)
	}
}

func (p *microdataPage) property(n *html.Node, out node, depth int) {
	scope := has(n, "itemscope")
	for name := range strings.FieldsSeq(attr(n, "itemprop")) {
		var value any = propertyText(n)
		if scope {
			value = p.item(n, depth+1)
		}
		switch old := out[name].(type) {
		case nil:
			out[name] = value
		case []any:
			out[name] = append(old, value)
		default:
			out[name] = []any{old, value}
		}
	}
	if !scope {
		p.properties(n, out, depth)
	}
}

// propertyText returns the value of a property that is not an item.
func propertyText(n *html.Node) string {
	switch n.Data {
	case "meta":
		return attr(n, "content")
	case "audio", "embed", "iframe", "img", "source", "track", "video":
		return attr(n, "src")
	case "a", "area", "link":
		return attr(n, "href")
	case "object":
		return attr(n, "data")
	case "data", "meter":
		return attr(n, "value")
	case "time":
		if has(n, "datetime") {
			return attr(n, "datetime")
		}
	}
	if has(n, "content") { // RDFa habit of many shops
		return attr(n, "content")
	}
	return nodeText(n)
}

// nodeText returns the text below n as a reader sees it, without scripts.
func nodeText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		hidden := d.Parent != nil && (d.Parent.Data == "script" || d.Parent.Data == "style")
		switch {
		case d.Type == html.TextNode && !hidden:
			b.WriteString(d.Data)
		case d.Type == html.ElementNode && (d.Data == "br" || d.Data == "p" || d.Data == "div" || d.Data == "li"):
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}
