package main

import (
	"fmt"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"
)

const limit = 4 << 20

// sized checks a response of so many bytes that the server makes up.
func sized(on *grpc.ClientConn, size int) error {
	ctx, cancel := soon()
	defer cancel()
	response, err := call(ctx, on, "Sized", []byte(strconv.Itoa(size)))
	if err != nil {
		return fmt.Errorf("response of %d bytes: %w", size, err)
	}
	if len(response) != size {
		return fmt.Errorf("response of %d bytes: %d came", size, len(response))
	}
	for i, got := range response {
		if wanted := byte(i*31 + i>>8); got != wanted {
			return fmt.Errorf("response of %d bytes: byte %d is %d, not %d", size, i, got, wanted)
		}
	}
	return nil
}

// exchange sends and receives messages around every limit, side by side.
func exchange(to target, options ...grpc.DialOption) error {
	client, err := to.dial(options...)
	if err != nil {
		return err
	}
	defer client.Close()
	sizes := []int{0, 1, 16379, 16384, 65530, 65535, 65536, 300_000, 1 << 20, limit}
	for range to.scale {
		err := inParallel(len(sizes), func(lane int) error {
			if err := echo(client, "Echo", sizes[lane]); err != nil {
				return err
			}
			if err := echo(client, "Later", sizes[lane]); err != nil {
				return err
			}
			return sized(client, sizes[lane])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func largeMessages(to target) error {
	if err := exchange(to); err != nil {
		return err
	}
	client, err := to.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	for range 3 * to.scale {
		ctx, cancel := soon()
		_, err = call(ctx, client, "Echo", make([]byte, limit+1))
		cancel()
		if err := expectCode(err, codes.ResourceExhausted); err != nil {
			return err
		}
		if err := echo(client, "Echo", 10); err != nil {
			return err
		}
	}
	return nil
}

// smallWindows has the smallest that grpc-go allows, and keeps it from growing them.
func smallWindows(to target) error {
	return exchange(to, grpc.WithInitialWindowSize(1<<16), grpc.WithInitialConnWindowSize(1<<16))
}

func largeWindows(to target) error {
	return exchange(to, grpc.WithInitialWindowSize(8<<20), grpc.WithInitialConnWindowSize(16<<20))
}

func compressed(to target) error {
	client, err := to.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	for range to.scale {
		for _, size := range []int{0, 1, 1000, 100_000, limit} {
			if err := echo(client, "Echo", size, grpc.UseCompressor(gzip.Name)); err != nil {
				return err
			}
		}
	}
	ctx, cancel := soon()
	defer cancel()
	_, err = call(ctx, client, "Echo", make([]byte, limit+1), grpc.UseCompressor(gzip.Name))
	return expectCode(err, codes.ResourceExhausted)
}
