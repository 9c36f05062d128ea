// The command load calls a server with grpc-go, request after request of a file, from the first again after the last: a
// few connections, a few calls at a time on each, every call with a deadline. It decodes no answers, but all must be OK. It
// prints what it took as one JSON object.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

const maxAnswerBytes = 64 << 20

type bytesCodec struct{}

func (bytesCodec) Marshal(message any) ([]byte, error) { return *message.(*[]byte), nil }

func (bytesCodec) Unmarshal(data []byte, message any) error {
	*message.(*int) = len(data)
	return nil
}

func (bytesCodec) Name() string { return "proto" }

type result struct {
	Seconds     float64 `json:"seconds"`
	Failures    int64   `json:"failures"`
	Fault       string  `json:"fault"`
	AnswerBytes int64   `json:"answerBytes"`
}

// Each request of the file stands behind its length in 4 bytes, little-endian.
func readRequests(path string) ([][]byte, error) {
	rest, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var requests [][]byte
	for len(rest) >= 4 {
		size := 4 + int(binary.LittleEndian.Uint32(rest))
		if size > len(rest) {
			break
		}
		requests = append(requests, rest[4:size])
		rest = rest[size:]
	}
	if len(rest) > 0 || len(requests) == 0 {
		return nil, fmt.Errorf("%s: not requests, each behind its length", path)
	}
	return requests, nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	address := flag.String("address", "", "of the server")
	method := flag.String("method", "", "full name")
	path := flag.String("requests", "", "file")
	headers := flag.String("headers", "{}", "JSON object")
	calls := flag.Int64("calls", 0, "how many; 0 = each request once")
	connections := flag.Int("connections", 4, "how many")
	streams := flag.Int("streams", 5, "calls at a time on each connection")
	flag.Parse()

	requests, err := readRequests(*path)
	if err != nil {
		fail(err)
	}
	sent := map[string]string{}
	if err := json.Unmarshal([]byte(*headers), &sent); err != nil {
		fail(err)
	}
	if *calls == 0 {
		*calls = int64(len(requests))
	}
	background := metadata.NewOutgoingContext(context.Background(), metadata.New(sent))
	var next, failures, answerBytes atomic.Int64
	var fault atomic.Value
	fault.Store("")
	start := time.Now()
	var running sync.WaitGroup
	for range *connections {
		client, err := grpc.NewClient("passthrough:///"+*address, grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.ForceCodec(bytesCodec{}), grpc.MaxCallRecvMsgSize(maxAnswerBytes)))
		if err != nil {
			fail(err)
		}
		defer client.Close()
		for range *streams {
			running.Add(1)
			go func() {
				defer running.Done()
				for {
					call := next.Add(1) - 1
					if call >= *calls {
						return
					}
					ctx, cancel := context.WithTimeout(background, 60*time.Second)
					var size int
					request := requests[call%int64(len(requests))]
					if err := client.Invoke(ctx, *method, &request, &size); err != nil {
						failures.Add(1)
						fault.Store(err.Error())
					}
					answerBytes.Add(int64(size))
					cancel()
				}
			}()
		}
	}
	running.Wait()
	done := result{time.Since(start).Seconds(), failures.Load(), fault.Load().(string), answerBytes.Load() / *calls}
	if err := json.NewEncoder(os.Stdout).Encode(done); err != nil {
		fail(err)
	}
}
