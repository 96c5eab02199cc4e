// Package clean makes a mention fit to be stored: readable text without tricks,
// without personal data, and with an author that is only a pseudonym.
//
// It does no I/O, keeps nothing and is safe for concurrent use. It runs on every
// row of an import, so the common case (plain text without a digit or an @) is
// looked at once and returned as it is.
package clean

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"pantau/brand"
)

// The longest fields that are kept, in bytes; the rest is cut.
const (
	maxText = 32 << 10
	maxLine = 512
)

// Mention returns m as it may be stored: text normalised, personal data replaced
// by labels such as [phone], the author replaced by a pseudonym. Cleaning what
// is clean changes nothing, except that a pseudonym would be taken for an author.
func Mention(m brand.Mention, key []byte) brand.Mention {
	m.Text = Redact(Text(m.Text))
	m.Title = Redact(Line(m.Title))
	m.Reply = Redact(Text(m.Reply))
	m.Version = Line(m.Version)
	m.Place = Redact(Line(m.Place))
	m.ExternalID = identity(key, m.Source, m.ExternalID)
	m.URL = webAddress(m.URL)
	m.Author = Pseudonym(key, m.Source, m.Author)
	return m
}

// Pseudonym returns a short name for an author that only the holder of the key
// can connect with the real one: 16 hexadecimal digits of HMAC-SHA256. The same
// author of the same source always gets the same one; nobody gets "".
func Pseudonym(key []byte, source, author string) string {
	if author == "" {
		return ""
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(source))
	mac.Write([]byte{0})
	mac.Write([]byte(author))
	var sum [sha256.Size]byte
	return hex.EncodeToString(mac.Sum(sum[:0])[:8])
}

// identity keeps what a source calls an item, but for one with an e-mail address: it
// says who wrote, so that only a pseudonym of it stays.
func identity(key []byte, source, s string) string {
	s = FormerIdentity(s)
	if NamesMail(s) && !isHandle(s) {
		return Pseudonym(key, source, s)
	}
	return s
}

// FormerIdentity is what [Mention] made of an identity before it hid e-mail addresses:
// a store may still have a mention under it. What is too long is hashed: cut off, two
// addresses could become one.
func FormerIdentity(s string) string {
	if len(s) <= maxLine {
		return Line(s)
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// webAddress keeps http and https addresses and drops everything else, such as
// javascript: links. An e-mail address does not stay in one.
func webAddress(s string) string {
	if s == "" || len(s) > 2048 || !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
		return ""
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] == 0x7f || s[i] == '"' || s[i] == '<' || s[i] == '>' {
			return ""
		}
	}
	if !utf8.ValidString(s) {
		return ""
	}
	if NamesMail(s) { // the way to a text rarely needs its query
		s = s[:strings.IndexAny(s+"?", "?#")]
	}
	if NamesMail(s) && !isHandle(s) {
		return ""
	}
	return s
}

// isHandle reports what looks like a mail address and is a handle of the fediverse,
// /@rina@forum.example.
func isHandle(s string) bool { return strings.Contains(s, "/@") }

// NamesMail reports an e-mail address in a web address or an identity.
func NamesMail(s string) bool {
	if !strings.Contains(s, "@") && !strings.Contains(s, "%40") {
		return false
	}
	words := strings.NewReplacer("%40", "@", "/", " ", "?", " ", "=", " ", "&", " ", "#", " ").Replace(s)
	return strings.Contains(Redact(words), "[email]")
}
