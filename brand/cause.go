package brand

import (
	"fmt"
	"strings"
)

// Cause is why customers complain. The list follows how customers lose trust;
// the zero value is [Unexplained], which is always reported honestly.
type Cause uint8

// The causes, in the order in which the store numbers them. New causes go to
// the end: the numbers are in databases.
const (
	Unexplained Cause = iota
	ProductQuality
	NotAsDescribed
	LateDelivery
	OrderFulfilment
	BillingRefund
	PriceFees
	CustomerService
	SlowResponse
	BrokenPromise
	Transparency
	AfterSales
	PolicyChange
	DataSecurityFraud
	AppReliability
	AccessLoginOTP
	Communication
	causeCount
)

var causeNames = [causeCount]struct{ key, id, en string }{
	Unexplained:       {"unexplained", "belum jelas", "unexplained"},
	ProductQuality:    {"product_quality", "kualitas produk", "product quality"},
	NotAsDescribed:    {"not_as_described", "tidak sesuai deskripsi", "not as described"},
	LateDelivery:      {"delivery", "pengiriman terlambat", "late delivery"},
	OrderFulfilment:   {"order_fulfilment", "pesanan salah atau kurang", "wrong or missing items"},
	BillingRefund:     {"billing_refund", "tagihan dan pengembalian dana", "billing and refunds"},
	PriceFees:         {"price_fees", "harga dan biaya", "price and fees"},
	CustomerService:   {"customer_service", "sikap layanan pelanggan", "customer service"},
	SlowResponse:      {"slow_response", "respons lambat", "slow replies"},
	BrokenPromise:     {"broken_promise", "janji tidak ditepati", "broken promises"},
	Transparency:      {"transparency", "kurang transparan", "lack of transparency"},
	AfterSales:        {"after_sales", "layanan purnajual", "after-sales service"},
	PolicyChange:      {"policy_change", "perubahan kebijakan", "policy change"},
	DataSecurityFraud: {"data_security_fraud", "keamanan data dan penipuan", "data security and fraud"},
	AppReliability:    {"app_reliability", "aplikasi bermasalah", "app reliability"},
	AccessLoginOTP:    {"access_login_otp", "login dan OTP", "login and OTP"},
	Communication:     {"communication", "informasi tidak jelas", "unclear information"},
}

// Causes returns every cause except [Unexplained], in the store's order.
func Causes() []Cause {
	all := make([]Cause, 0, causeCount-1)
	for c := Unexplained + 1; c < causeCount; c++ {
		all = append(all, c)
	}
	return all
}

// String returns the key that SQL, TOML and logs use, such as "slow_response".
func (c Cause) String() string {
	if c >= causeCount {
		return "invalid"
	}
	return causeNames[c].key
}

// Name returns the name that people read: Indonesian for "id", else English.
func (c Cause) Name(language string) string {
	switch {
	case c >= causeCount:
		return "invalid"
	case language == "id":
		return causeNames[c].id
	}
	return causeNames[c].en
}

// ParseCause is the reverse of [Cause.String].
func ParseCause(key string) (Cause, error) {
	for c := range causeNames {
		if causeNames[c].key == key {
			return Cause(c), nil
		}
	}
	keys := make([]string, 0, causeCount)
	for c := range causeNames {
		keys = append(keys, causeNames[c].key)
	}
	return Unexplained, fmt.Errorf("%q is not a cause: use one of %s", key, strings.Join(keys, ", "))
}

// MarshalText lets a cause appear by key in JSON.
func (c Cause) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a key.
func (c *Cause) UnmarshalText(text []byte) error {
	parsed, err := ParseCause(string(text))
	*c = parsed
	return err
}
