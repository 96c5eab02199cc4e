package clean

import (
	"math/bits"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"pantau/brand"
)

func TestText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain text stays", "Barang bagus, cepat sampai", "Barang bagus, cepat sampai"},
		{"emoji stay", "mantap 👍🏽 ❤️ 👨‍👩‍👧", "mantap 👍🏽 ❤️ 👨‍👩‍👧"},
		{"decomposed letters are composed", "cafe\u0301", "café"},
		{"even around what is dropped", "cafe\u200b\u0301", "café"},
		{"spaces collapse", "  a \t b\u00a0\u3000c  ", "a b c"},
		{"line breaks stay, at most two", "a\r\nb\n\n\n\nc\rd", "a\nb\n\nc\nd"},
		{"control characters become spaces", "a\x00b\x1b[31mc", "a b [31mc"},
		{"bidi controls vanish", "abc\u202edef\u2066x\u200f", "abcdefx"},
		{"zero width characters vanish", "to\u200bko\ufeff\u00adped\u2060ia", "tokopedia"},
		{"a joiner outside emoji vanishes", "to\u200dko", "toko"},
		{"fillers vanish", "a\u3164\u115fb", "ab"},
		{"tags vanish", "a\U000e0041\U000e007fb", "ab"},
		{"private use vanishes", "a\ue000b", "ab"},
		{"piled marks are limited", "z" + strings.Repeat("\u0334", 50) + "!", "z\u0334\u0334\u0334!"},
		{"invalid bytes are marked", "a\xffb\xc3", "a\ufffdb\ufffd"},
		{"nothing", " \n ", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Text(tt.in); got != tt.want {
				t.Errorf("Text(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
	if got := Line("a\nb\rc"); got != "a b c" {
		t.Errorf("Line = %q, want one line", got)
	}
	if got := Text(strings.Repeat("é", maxText)); len(got) > maxText || !utf8.ValidString(got) {
		t.Errorf("a long text is cut to %d bytes, want at most %d and whole letters", len(got), maxText)
	}
}

func TestHTML(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"no markup", "a < b", "a < b"},
		{"paragraphs are lines", "<p>satu</p><p>dua</p>", "satu\n\ndua"},
		{"a break is a line", "satu<br/>dua<br>tiga", "satu\ndua\ntiga"},
		{"inline markup vanishes", "sangat <b>jelek</b>sekali", "sangat jeleksekali"},
		{"scripts and styles vanish", "a<script>if (a<b) alert('x')</script><style>p{}</style>b", "ab"},
		{"entities once", "a &amp; b &amp;lt; &#8220;c&#8221;", "a & b &lt; “c”"},
		{"an emoji picture is its emoji", `kesal <img class="emoji" alt="😡">`, "kesal 😡"},
		{"another picture is nothing", `lihat <img alt="foto barang" src=x>`, "lihat"},
		{"line breaks of the source are spaces", "<p>satu\n  dua</p>", "satu dua"},
		{"unclosed markup", "<p>satu <b>dua", "satu dua"},
		{"list", "<ul><li>satu<li>dua</ul>", "satu\ndua"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := HTML(tt.in); got != tt.want {
				t.Errorf("HTML(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
	deep := strings.Repeat("<div>", 200_000) + "x" + strings.Repeat("</div>", 200_000)
	if got := HTML(deep); got != "x" {
		t.Errorf("200,000 nested elements gave %.20q", got)
	}
}

func TestMention(t *testing.T) {
	m := brand.Mention{Source: "toko", Author: "Rina S.", Title: "Kecewa\n081234567890", Text: "wa 081234567890\u202e", Reply: "email cs@toko.example",
		Place: "Bandung", Version: "4.2.1", Stars: 1, URL: "javascript:alert(1)", ExternalID: "a1"}
	key := []byte("0123456789abcdef")
	want := m
	want.Author, want.Title, want.Text, want.Reply, want.URL = Pseudonym(key, "toko", "Rina S."), "Kecewa [phone]", "wa [phone]", "email [email]", ""
	if got := Mention(m, key); got != want {
		t.Errorf("Mention = %+v, want %+v", got, want)
	}
}

func TestLongIdentities(t *testing.T) {
	long := "https://a.example/" + strings.Repeat("x", 1000)
	a, b := Mention(brand.Mention{ExternalID: long + "1"}, nil), Mention(brand.Mention{ExternalID: long + "2"}, nil)
	if a.ExternalID == b.ExternalID || len(a.ExternalID) > maxLine {
		t.Errorf("%q and %q must be short and differ", a.ExternalID, b.ExternalID)
	}
	for _, bad := range []string{"javascript:alert(1)", "https://a.example/\nx", "https://a.example/<script>", "//a.example", strings.Repeat("https://", 500)} {
		if m := Mention(brand.Mention{URL: bad}, nil); m.URL != "" {
			t.Errorf("the address %.40q is kept", bad)
		}
	}
}

func TestNoMailStaysInAWebAddress(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"in the query", "https://toko.example/u/7?mail=rina@gmail.com&x=1", "https://toko.example/u/7"},
		{"escaped", "https://toko.example/u/7?mail=rina%40surat.example", "https://toko.example/u/7"},
		{"in the fragment", "https://toko.example/u/7#rina@surat.example", "https://toko.example/u/7"},
		{"in the path", "https://toko.example/rina@surat.example/7", ""},
		{"a query without one stays", "https://toko.example/u?id=081234567890", "https://toko.example/u?id=081234567890"},
		{"a handle of the fediverse", "https://forum.example/@rina@lain.example/7", "https://forum.example/@rina@lain.example/7"},
		{"a place on a map", "https://peta.example/maps/@-6.2,106.8,17z?hl=id", "https://peta.example/maps/@-6.2,106.8,17z?hl=id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Mention(brand.Mention{URL: tt.in}, nil).URL; got != tt.want {
				t.Errorf("%q became %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestNoMailStaysInAnIdentity(t *testing.T) {
	key := []byte("0123456789abcdef")
	tests := []struct {
		name, in string
		hidden   bool
	}{
		{"a mail address", "rina@surat.example", true},
		{"one with a number", "rina.s+7@gmail.com/2", true},
		{"with more around it", "ulasan:rina@surat.example:2026-11-20", true},
		{"a web address", "https://toko.example/u?mail=rina%40surat.example&n=1", true},
		{"a tag", "tag:rina@surat.example,2026-11-20:7", true},
		{"a number", "081234567890", false},
		{"a handle of the fediverse", "https://forum.example/@rina@lain.example/7", false},
		{"a post", "at://did:plc:abc/app.bsky.feed.post/3k", false},
		{"an address without one", "https://forum.example/@rina/7", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.in
			if tt.hidden {
				want = Pseudonym(key, "toko", tt.in)
			}
			m := Mention(brand.Mention{Source: "toko", ExternalID: tt.in}, key)
			if m.ExternalID != want || FormerIdentity(tt.in) != tt.in || Mention(m, key).ExternalID != want {
				t.Errorf("%q became %q, want %q, also when it is cleaned again", tt.in, m.ExternalID, want)
			}
		})
	}
}

func TestPseudonym(t *testing.T) {
	key, other := []byte("key one"), []byte("key two")
	base := Pseudonym(key, "toko", "Rina")
	if len(base) != 16 || base != Pseudonym(key, "toko", "Rina") {
		t.Errorf("Pseudonym = %q, want 16 stable digits", base)
	}
	for name, p := range map[string]string{"another author": Pseudonym(key, "toko", "Rani"), "another source": Pseudonym(key, "forum", "Rina"),
		"another key": Pseudonym(other, "toko", "Rina"), "the border moved": Pseudonym(key, "tokoR", "ina")} {
		if p == base {
			t.Errorf("%s has the same pseudonym", name)
		}
	}
	if p := Pseudonym(key, "toko", ""); p != "" {
		t.Errorf("nobody is %q, want nobody", p)
	}
}

func TestMatcher(t *testing.T) {
	tests := []struct {
		name              string
		keywords, exclude []string
		text              string
		want              bool
	}{
		{"a word", []string{"jago"}, nil, "Bank Jago lagi error", true},
		{"not inside a word", []string{"jago"}, nil, "jagoan neon", false},
		{"punctuation is a border", []string{"jago"}, nil, "#jago!", true},
		{"a handle", []string{"sandangsenja"}, nil, "tolong @SandangSenja", true},
		{"a possessive ending", []string{"tokopedia"}, nil, "tokopedianya lemot", true},
		{"letters beyond ASCII are letters", []string{"caf"}, nil, "café", false},
		{"words in any order", []string{"sandang senja"}, nil, "senja di toko sandang", true},
		{"all of the words", []string{"sandang senja"}, nil, "senja di pantai", false},
		{"a phrase in order", []string{`"sandang senja"`}, nil, "senja di toko sandang", false},
		{"a phrase", []string{`"sandang senja"`}, nil, "baju Sandang  Senja, bagus", true},
		{"one of several", []string{"bca", "blu"}, nil, "aplikasi blu", true},
		{"an exclusion hides its place", []string{"dana"}, []string{"dana pensiun"}, "urus dana pensiun", false},
		{"but not the rest", []string{"dana"}, []string{"dana pensiun"}, "isi dana pensiun lewat Dana", true},
		{"every place of it", []string{"dana"}, []string{"dana pensiun"}, "dana pensiun dan dana pensiun", false},
		{"another exclusion hides the text", []string{"jago"}, []string{"lowongan"}, "lowongan kerja bank jago", false},
		{"no keywords take everything", nil, nil, "apa saja", true},
		{"no keywords, an exclusion", nil, []string{"lowongan"}, "lowongan kerja", false},
		{"keywords without letters are nothing", []string{"!!"}, nil, "apa saja", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := NewMatcher(tt.keywords, tt.exclude).Match(tt.text); got != tt.want {
				t.Errorf("keywords %q exclude %q: Match(%q) = %v, want %v", tt.keywords, tt.exclude, tt.text, got, tt.want)
			}
		})
	}
}

func TestFingerprint(t *testing.T) {
	const text = "Paket saya sudah lima hari tidak bergerak di gudang Bekasi, penjual tidak membalas chat sama sekali"
	tests := []struct {
		name, other string
		least, most int // differing bits
	}{
		{"the same", text, 0, 0},
		{"case, punctuation and numbers", "PAKET saya sudah lima hari, tidak bergerak!! di gudang Bekasi penjual tidak membalas chat sama sekali...", 0, 0},
		{"one word more", text + " padahal", 1, 12},
		{"another text", "Bahannya adem dan jahitannya rapi, ukuran pas di badan, bakal pesan lagi bulan depan", 18, 64},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := bits.OnesCount64(Fingerprint(text) ^ Fingerprint(tt.other)); d < tt.least || d > tt.most {
				t.Errorf("distance to %q is %d, want %d to %d", tt.other, d, tt.least, tt.most)
			}
		})
	}
	if a, b := Fingerprint("pesanan 12345 hilang"), Fingerprint("pesanan 987 hilang"); a != b {
		t.Error("another number makes another fingerprint")
	}
	if f := Fingerprint("!!! 👍"); f != 0 {
		t.Errorf("a text without words has %x, want 0", f)
	}
}

// FuzzHTML compares the quick way with the thorough one.
func FuzzHTML(f *testing.F) {
	for _, s := range []string{"<p>a &amp; b</p>", `<a href="https://a.example/?a=1&b=2">x</a>`, "a<br>b<BR/>c</br>", "<p", "<p a='x>y'>", "<b/x>", "<h1>a</h1>", "a < b", "<!-- x -->y", "<p a=\"x\"b>",
		"<script>a<b</script>", "<textarea><b></textarea>", "a\r\nb<i>", "<p\n>a", "</p x>y", "<b a=\"", "&#0;&ampx<b>\x00", "<é>x", "<p/>", "<selectedcontent>x", "<image>x", "<B0>x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := simple(s); ok && got != tokenized(s) {
			t.Errorf("%q is %q, want %q", s, got, tokenized(s))
		}
	})
}

func FuzzMention(f *testing.F) {
	f.Add("wa 081234567890", "<p>a&amp;b</p>", "key")
	f.Add("\u202ea\xff\u0334\u0334\u0334\u0334", "<script>", "")
	f.Fuzz(func(t *testing.T, text, markup, key string) {
		m := Mention(brand.Mention{Text: text, Title: text, Reply: HTML(markup)}, []byte(key))
		for _, s := range []string{m.Text, m.Title, m.Reply} {
			if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) || strings.ContainsAny(s, "\x00\x1b\u202e\u200b\r") {
				t.Errorf("%q is not clean", s)
			}
		}
		if strings.Contains(m.Title, "\n") {
			t.Errorf("title %q has a line break", m.Title)
		}
		if again := Mention(m, []byte(key)); again.Text != m.Text || again.Title != m.Title {
			t.Errorf("cleaning again changed %q to %q", m.Text, again.Text)
		}
		NewMatcher([]string{text}, []string{markup}).Match(markup)
		Fingerprint(text)
	})
}

var rows = []brand.Mention{
	{Source: "toko", Author: "rina_88", Text: "Pesanan datang telat lima hari, chat tidak dibalas sama sekali. Kecewa banget belanja di sini, padahal sudah langganan lama."},
	{Source: "toko", Author: "budi.s", Text: "Bahannya adem, jahitan rapi 👍🏽 harga Rp150.000 dapat segini worth it"},
	{Source: "app", Author: "user123", Text: "Sejak update 4.2.1 aplikasi sering keluar sendiri, tolong diperbaiki. WA saya 0812-3456-7890, nomor pesanan 240512ABCDEF"},
	{Source: "app", Author: "dewi", Text: "ok"},
}

// BenchmarkClean is what every row of an import goes through.
func BenchmarkClean(b *testing.B) {
	key := []byte("0123456789abcdef0123456789abcdef")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m := Mention(rows[i%len(rows)], key)
		Fingerprint(m.Text)
	}
}

func BenchmarkMatch(b *testing.B) {
	m := NewMatcher([]string{"sandang senja", "@sandangsenja"}, []string{"lowongan"})
	for i := 0; b.Loop(); i++ {
		m.Match(rows[i%len(rows)].Text)
	}
}

// BenchmarkHTMLText is the text of one comment, BenchmarkHTML a whole page.
func BenchmarkHTMLText(b *testing.B) {
	text := "<p>Pesanan datang <strong>telat</strong> lima hari &amp; chat tidak dibalas sama sekali.</p>"
	for _, way := range []struct {
		name string
		f    func(string) string
	}{{"simple", HTML}, {"tokenized", tokenized}} {
		b.Run(way.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				way.f(text)
			}
		})
	}
}

func BenchmarkHTML(b *testing.B) {
	page := strings.Repeat("<div class='review'><p>Pesanan datang <b>telat</b> lima hari &amp; chat tidak dibalas.</p></div>\n", 1000)
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		HTML(page)
	}
}
