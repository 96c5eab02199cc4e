package eval

import "testing"

func TestPhrase(t *testing.T) {
	tests := []struct {
		rule, phrase, words string
		want                int
	}{
		{"at the start of a word", "bayar", " mau bayar pajak ", 1},
		{"behind a prefix", "bayar", " proses pembayaran gagal ", 1},
		{"not inside a word", "akta", " itu fakta ", 0},
		{"a space ends the word", "ac ", " acara batal ", 0},
		{"each alternative counts once", "qris, saldo", " saldo qris saldo ", 2},
		{"two groups near each other", "ubah, ganti + alamat", " mau ganti data alamat rumah ", 1},
		{"in either order", "ubah, ganti + alamat", " alamat tidak bisa diganti ", 1},
		{"not far from each other", "ganti + alamat", " ganti satu dua tiga empat lima enam tujuh alamat ", 0},
		{"not one without the other", "ganti + alamat", " ganti nomor ", 0},
	}
	for _, tt := range tests {
		p := phraseOf(tt.phrase)
		if got := p.in(tt.words); got != tt.want {
			t.Errorf("%s: %q stands %d times in %q, want %d", tt.rule, tt.phrase, got, tt.words, tt.want)
		}
	}
}
