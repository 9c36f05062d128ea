package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

func failures(to target) error {
	client, err := to.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	for _, text := range []string{"plain", "50% of 日本", "a\r\nb", "", strings.Repeat("long ", 150)} {
		ctx, cancel := soon()
		_, err := call(metadata.AppendToOutgoingContext(ctx, "x-code", "INVALID_ARGUMENT"), client, "Fail", []byte(text))
		cancel()
		if err := expectCode(err, codes.InvalidArgument); err != nil {
			return err
		}
		if got := status.Convert(err).Message(); got != text {
			return fmt.Errorf("expected the message %q, got %q", text, got)
		}
	}
	ctx, cancel := soon()
	defer cancel()
	_, err = call(ctx, client, "Nope", nil)
	if err := expectCode(err, codes.Unimplemented); err != nil {
		return err
	}
	var trailer metadata.MD
	if _, err := call(ctx, client, "Trailers", []byte("text"), grpc.Trailer(&trailer)); err != nil {
		return err
	}
	if one, text := trailer.Get("x-one"), trailer.Get("x-text"); len(one) != 1 || one[0] != "1" || len(text) != 1 || text[0] != "text" {
		return fmt.Errorf("trailers are %v", trailer)
	}
	return nil
}

// manyHeaders changes what it sends each time, so that the header table is in motion.
func manyHeaders(to target) error {
	client, err := to.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	for i := range 100 * to.scale {
		ctx, cancel := soon()
		wanted := fmt.Sprintf("value %d%s", i, strings.Repeat(" v", i%60*10))
		ctx = metadata.AppendToOutgoingContext(ctx, "x-same", "same", "x-new", wanted, fmt.Sprintf("x-%d", i), "1")
		response, err := call(ctx, client, "Headers", []byte(`["x-same","x-new","x-none"]`))
		cancel()
		if err != nil {
			return err
		}
		var seen struct {
			Headers     [][]string
			HasDeadline bool
		}
		if err := json.Unmarshal(response, &seen); err != nil {
			return err
		}
		if !seen.HasDeadline || seen.Headers[0][1] != "same" || seen.Headers[1][1] != wanted {
			return fmt.Errorf("call %d: the server saw %s", i, response)
		}
	}
	return nil
}

func churn(to target) error {
	return inParallel(10, func(lane int) error {
		for range 20 * to.scale {
			client, err := to.dial()
			if err != nil {
				return err
			}
			err = echo(client, "Later", lane*100)
			client.Close()
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// keepsAlive pings as often as grpc-go allows, and must find its connection as it left it.
func keepsAlive(to target) error {
	client, err := to.dial(grpc.WithKeepaliveParams(keepaliveOften))
	if err != nil {
		return err
	}
	defer client.Close()
	if err := echo(client, "Echo", 10); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(25*to.scale)*time.Second)
	defer cancel()
	if client.WaitForStateChange(ctx, connectivity.Ready) {
		return fmt.Errorf("the connection went from ready to %v", client.GetState())
	}
	return echo(client, "Echo", 10)
}

var keepaliveOften = keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second, PermitWithoutStream: true}
