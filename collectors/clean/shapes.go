package clean

import "strings"

// isRound reports numbers that people write to exaggerate or to name a price.
func isRound(d string) bool {
	return strings.HasSuffix(d, "000000") || strings.Count(d, d[:1]) == len(d)
}

// isGrouped reports thousands: 1.250.000, except after the word for an account.
func (n candidate) isGrouped() bool {
	if len(n.groups) < 2 || n.context.topic == accountTopic || n.text[n.groups[0].from] == '0' {
		return false
	}
	for i, g := range n.groups {
		if width := g.to - g.from; i > 0 && (width != 3 || n.separator(i) != ".") || width > 3 {
			return false
		}
	}
	return true
}

// isVersion reports groups that dots join, such as 24.05.12.1 and 192.168.1.10,
// unless they are a phone number.
func (n candidate) isVersion() bool {
	for i := 1; i < len(n.groups); i++ {
		if n.separator(i) != "." {
			return false
		}
	}
	first := n.text[n.groups[0].from:n.groups[0].to]
	return len(n.groups) > 2 && len(first) < 3 && n.context.topic != identityTopic
}

func (n candidate) separator(i int) string {
	return n.text[n.groups[i-1].to:n.groups[i].from]
}

func (n candidate) isPhone(d string) bool {
	first := n.text[n.groups[0].from:n.groups[0].to]
	plus := n.groups[0].from > 0 && n.text[n.groups[0].from-1] == '+'
	if len(n.groups) > 1 && (len(first) >= 10 || n.lastWidth() < 3 && !n.isSpaced()) {
		return false // the number is complete before the last group
	}
	mobile := strings.TrimPrefix(strings.TrimPrefix(d, "62"), "0")
	switch {
	case len(mobile) < len(d) && isMobile(mobile) && (len(first) >= 3 || first == "62" || n.isSpaced()):
		return true
	case plus && len(d) >= 9 && len(d) <= 15:
		return true
	case n.context.topic == phoneTopic && len(d) >= 7 && len(d) <= 15:
		return true
	case len(n.groups) == 1:
		return len(d) >= 10 && isMobile(d) && n.context.topic == noTopic
	}
	return n.isLandline(first, d)
}

// isMobile reports the digits of an Indonesian mobile number after 0 or +62:
// 8, then 8 to 11 more.
func isMobile(d string) bool {
	return len(d) >= 9 && len(d) <= 12 && d[0] == '8' && d[1] != '0'
}

// isLandline reports 021-5551234, (0274) 555 123 and American 415-555-2671.
func (n candidate) isLandline(first, d string) bool {
	if first == "0800" || first == "0804" {
		return false // free lines of companies
	}
	sep := n.separator(1)
	if first[0] == '0' && first[1:] != "" && first[1] != '0' && len(first) >= 3 && len(first) <= 4 {
		return len(d) >= 9 && len(d) <= 12 && sep != "." && sep != "/"
	}
	return len(n.groups) == 3 && len(first) == 3 && len(d) == 10 && n.lastWidth() == 4 && (sep == "-" || strings.HasPrefix(sep, ")"))
}

// isSpaced reports digits that are spelled one by one: 0 8 1 2 …
func (n candidate) isSpaced() bool {
	for _, g := range n.groups {
		if g.to-g.from != 1 {
			return false
		}
	}
	return len(n.groups) > 1
}

func (n candidate) lastWidth() int {
	g := n.groups[len(n.groups)-1]
	return g.to - g.from
}

// isIdentity reports a NIK: province, district, birthday (women + 40), serial.
// The number of a family card has the same form.
func (n candidate) isIdentity(d string) bool {
	switch {
	case n.context.topic == identityTopic:
		return len(d) >= 10
	case len(d) != 16 || len(n.groups) > 1 || n.context.topic == cardTopic || n.context.topic == accountTopic:
		return false
	}
	province, day, month := two(d, 0), two(d, 6), two(d, 8)
	if day > 40 {
		day -= 40
	}
	return province >= 11 && province <= 94 && day >= 1 && day <= 31 && month >= 1 && month <= 12
}

func two(d string, i int) int { return int(d[i]-'0')*10 + int(d[i+1]-'0') }

// isCard reports the number of a payment card: a known first digit and a valid
// check digit, or the word for it.
func (n candidate) isCard(d string) bool {
	if len(d) < 13 || len(d) > 19 || len(n.groups) > 1 && n.lastWidth() > 7 {
		return false
	}
	if n.context.topic == cardTopic {
		return true
	}
	if strings.IndexByte("23456", d[0]) < 0 || n.context.topic == accountTopic || len(n.groups) > 5 {
		return false
	}
	sum := 0
	for i := range len(d) {
		v := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// isAnnouncedAccount reports a number that looks like a phone but was called an
// account.
func (n candidate) isAnnouncedAccount(d string) bool {
	return n.context.topic == accountTopic && len(n.groups) == 1 && d[0] != '0' && !strings.HasPrefix(d, "62")
}

func (n candidate) isAccount(d string) bool {
	switch n.context.topic {
	case accountTopic:
		return len(d) >= 8
	case bankTopic, cardTopic:
		return len(d) >= 10
	}
	return len(d) >= 10 && len(n.groups) == 1
}

// isOrder reports digits that were called an order. Short ones must be announced
// as a number, or "pesanan 150000" would be one.
func (n candidate) isOrder(d string) bool {
	isOrder := n.context.topic == orderTopic || n.context.topic == parcelTopic
	if !isOrder || len(n.groups) > 1 && len(d) < 10 {
		return false
	}
	if n.context.marked || n.context.topic == parcelTopic {
		return len(d) >= 5
	}
	return len(d) >= 8 && !strings.HasSuffix(d, "000")
}
