package signals

import (
	"math"
	"strconv"
	"strings"
	"time"

	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// parse gives the document as an object, or one that has nothing.
func parse(doc []byte) gjson.Result {
	if !jsonedit.Valid(doc) {
		return gjson.Result{}
	}
	if r := gjson.ParseBytes(doc); r.IsObject() {
		return r
	}
	return gjson.Result{}
}

// Years a time has to lie in to be one: whatever is outside was misread.
const (
	firstYear = 2020
	lastYear  = 2100
)

// moment reads a time in any spelling met: epoch seconds, epoch milliseconds,
// either as a string, RFC 3339. It is zero for everything else.
func moment(v gjson.Result) time.Time {
	var at time.Time
	switch v.Type {
	case gjson.Number:
		at = epoch(v.Num)
	case gjson.String:
		s := strings.TrimSpace(v.Str)
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			at = epoch(n)
		} else if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
			at = t
		}
	}
	if at = at.UTC(); at.Year() < firstYear || at.Year() > lastYear {
		return time.Time{}
	}
	return at
}

// epoch takes a number for seconds, or for milliseconds where seconds would
// lie beyond every calendar.
func epoch(n float64) time.Time {
	switch {
	case math.IsNaN(n) || n <= 0 || n > 1e14:
		return time.Time{}
	case n > 1e11:
		return time.UnixMilli(int64(n))
	}
	return time.UnixMilli(int64(n * 1000))
}

// percent reads how much is used, 0 to 100.
func percent(v gjson.Result) (float64, bool) {
	n := v.Num
	switch v.Type {
	case gjson.Number:
	case gjson.String:
		var err error
		if n, err = strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(v.Str), "%"), 64); err != nil {
			return 0, false
		}
	default:
		return 0, false
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, false
	}
	return min(100, max(0, n)), true
}

// first is the first of the members that is there and not null.
func first(r gjson.Result, names ...string) gjson.Result {
	for _, name := range names {
		if v := r.Get(name); v.Exists() && v.Type != gjson.Null {
			return v
		}
	}
	return gjson.Result{}
}

// str gives the first of the members that is a string.
func str(r gjson.Result, names ...string) string {
	for _, name := range names {
		if v := r.Get(name); v.Type == gjson.String && v.Str != "" {
			return v.Str
		}
	}
	return ""
}
