package clean

import "strings"

// topic is what the words before a number say it is.
type topic uint8

const (
	noTopic topic = iota
	phoneTopic
	identityTopic
	cardTopic
	accountTopic // a bank account by name
	bankTopic    // a bank or a transfer, which may just as well be followed by an amount
	orderTopic   // an order by a word that also has other uses
	parcelTopic  // words that only ever name an order or a parcel
	moneyTopic
)

// topics maps words to what a number after them is.
var topics = wordMap(map[topic]string{
	phoneTopic:    "hp wa whatsapp whatsap wasap telp telpon telepon tlp tlpn tel phone call hub hubungi sms kontak contact cp nohp nowa handphone ponsel mobile telegram",
	identityTopic: "nik ktp kk nip nisn npwp paspor passport",
	cardTopic:     "kartu card cc kredit debit debet visa mastercard atm",
	accountTopic:  "rek rekening norek account acc akun va virtual pelanggan meteran meter polis nasabah cif bpjs iban briva",
	bankTopic:     "bca bri bni mandiri bsi btn cimb niaga permata danamon jago seabank jenius ocbc panin mega bank transfer tf trf gopay ovo dana linkaja",
	orderTopic:    "order orderan pesanan pesenan pesan paket kiriman transaksi trans booking tiket ticket nota struk laporan pengaduan komplain case kasus referensi ref po jne jnt sicepat anteraja ninja spx tiki wahana",
	parcelTopic:   "resi noresi invoice inv awb tracking trx noorder nopesanan",
	moneyTopic: "rp idr usd sgd myr harga seharga hrg bayar membayar dibayar total nominal senilai sebesar saldo ongkir ongkos refund biaya denda cashback limit tagihan duit uang " +
		"potongan diskon disc untung rugi omset gaji minimal min maksimal maks max",
})

// markers are words that promise an identity: "nomor pesanan 12345".
var markers = wordMap(map[bool]string{true: "no nomor nmr nomer number num id kode code nomornya nya"})

// quantities are words after a number that make it an amount.
var quantities = wordMap(map[bool]string{true: "rb ribu k jt juta m miliar milyar triliun t rupiah perak persen percent bintang star stars x kali pcs pc buah biji gb mb kb tb km cm mm ft feet kaki inch inci jam menit detik hari bulan tahun thn orang org " +
	"poin point points koin coin coins gram gr g kg ons ml liter watt w mah volt dollar dolar usd ringgit rating ulasan review unduhan download downloads view views follower followers pengguna user users am pm px hz mhz ghz rpm",
})

func wordMap[T comparable](lists map[T]string) map[string]T {
	out := map[string]T{}
	for t, words := range lists {
		for word := range strings.FieldsSeq(words) {
			out[word] = t
		}
	}
	return out
}

// context is what leads to a number.
type context struct {
	topic  topic
	marked bool // it is announced as an identity: "no", "#", ":"
	money  bool // the word or sign directly before it is a currency
}

// contextOf reads the last words of text, the nearest first.
func contextOf(text string) context {
	var c context
	trimmed := strings.TrimRight(text, " .\u00a0")
	switch {
	case strings.HasSuffix(trimmed, "#"):
		c.marked, c.topic = true, orderTopic
	case strings.HasSuffix(trimmed, ":"), strings.HasSuffix(trimmed, "="):
		c.marked = true
	case strings.HasSuffix(trimmed, "$"), strings.HasSuffix(trimmed, "€"):
		c.money = true
	}
	for n := range 5 {
		word, rest, ok := lastWord(trimmed)
		if !ok {
			break
		}
		trimmed = rest
		t := topics[word]
		if n == 0 && (word == "rp" || word == "idr" || word == "usd") {
			c.money = true
		}
		if n < 3 && markers[word] {
			c.marked = true
		}
		if c.topic == noTopic {
			c.topic = t
		}
	}
	return c
}

// lastWord returns the last word of letters in lower case. A line, a sentence
// that was shouted or asked, and a label end the context.
func lastWord(s string) (word, rest string, ok bool) {
	end := len(s)
	for end > 0 && !isLetter(s[end-1]) {
		switch s[end-1] {
		case '\n', '!', '?', ']', ';':
			return "", "", false
		}
		end--
	}
	start := end
	for start > 0 && isLetter(s[start-1]) {
		start--
	}
	return strings.ToLower(s[start:end]), s[:start], start < end
}

// isAmount reports whether what follows a number makes it an amount.
func isAmount(after string) bool {
	after = strings.TrimPrefix(after, " ")
	if strings.HasPrefix(after, "%") || strings.HasPrefix(after, ",-") || strings.HasPrefix(after, "★") {
		return true
	}
	end := 0
	for end < len(after) && isLetter(after[end]) {
		end++
	}
	// What follows must not be a part of something that is replaced itself.
	whole := end == len(after) || strings.IndexByte(" \n,.!?);:", after[end]) >= 0
	return end > 0 && whole && quantities[strings.ToLower(after[:end])]
}
