//go:build !js

package providertest

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// ErrNoConsent: the consent page did not offer the account, or refused.
var ErrNoConsent = errors.New("the consent page did not let this account in")

// Visit does what a person does in a browser with a login's address: opens the
// consent page, picks the account and presses Allow. who is the email, or
// "email · organisation" where one email has several. For a login whose code
// is pasted it gives CODE#STATE, else "".
func Visit(ctx context.Context, address, who string) (pasted string, err error) {
	// Compiled here, not at the start of every command of Baton's.
	requestField := regexp.MustCompile(`name="request" value="([^"]+)"`)
	accountRow := regexp.MustCompile(`(?s)name="account" id="account-\d+" value="(\d+)".*?<b>.*?</b><span>(.*?)</span>`)
	codeField := regexp.MustCompile(`<output id="code">([^<]+)</output>`)
	page, err := fetch(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	request := requestField.FindStringSubmatch(page)
	if request == nil {
		return "", fmt.Errorf("%w: %s", ErrNoConsent, who)
	}
	number := ""
	for _, row := range accountRow.FindAllStringSubmatch(page, -1) {
		if text := html.UnescapeString(row[2]); text == who || (number == "" && strings.HasPrefix(text, who+" ·")) {
			number = row[1]
		}
	}
	if number == "" {
		return "", fmt.Errorf("%w: %s", ErrNoConsent, who)
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.RawQuery = ""
	form := url.Values{"request": {html.UnescapeString(request[1])}, "account": {number}, "decision": {"allow"}}
	page, err = fetch(ctx, http.MethodPost, u.String(), form)
	if err != nil {
		return "", err
	}
	if code := codeField.FindStringSubmatch(page); code != nil {
		return html.UnescapeString(code[1]), nil
	}
	return "", nil
}

// fetch follows redirects, as a browser does: the last page is Baton's own.
func fetch(ctx context.Context, method, address string, form url.Values) (string, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	// As a browser has it (RFC 6761 §6.3), localhost is this machine whatever a
	// resolver says or lacks.
	dialer := &net.Dialer{}
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if host, port, err := net.SplitHostPort(address); err == nil && host == "localhost" {
				address = net.JoinHostPort("127.0.0.1", port)
			}
			return dialer.DialContext(ctx, network, address)
		},
	}}
	resp, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%w: status %d", ErrNoConsent, resp.StatusCode)
	}
	return string(body), err
}
