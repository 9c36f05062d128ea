/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $String = $util.global.String, $Array = $util.global.Array, $Number = $util.global.Number, $parseInt = $util.global.parseInt, $BigInt = $util.global.BigInt, $Boolean = $util.global.Boolean, $isFinite = $util.global.isFinite;

const $root = $protobuf.roots["ofs"] || ($protobuf.roots["ofs"] = {});

export const grpc = $root.grpc = (() => {

    const grpc = {};

    grpc.health = (function() {

        const health = {};

        health.v1 = (function() {

            const v1 = {};

            v1.HealthCheckRequest = (function() {

                const HealthCheckRequest = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                HealthCheckRequest.prototype.service = "";

                HealthCheckRequest.create = function(properties) {
                    return new HealthCheckRequest(properties);
                };

                HealthCheckRequest.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.service != null && $Object.hasOwnProperty.call(message, "service") && message.service !== "")
                        writer.uint32(10).string(message.service);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                HealthCheckRequest.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.health.v1.HealthCheckRequest();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.service = value;
                                else
                                    delete message.service;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                HealthCheckRequest.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.health.v1.HealthCheckRequest)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.health.v1.HealthCheckRequest: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.health.v1.HealthCheckRequest();
                    if (object.service != null)
                        if (typeof object.service !== "string" || object.service.length)
                            message.service = $String(object.service);
                    return message;
                };

                HealthCheckRequest.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults)
                        object.service = "";
                    if (message.service != null && $Object.hasOwnProperty.call(message, "service"))
                        object.service = message.service;
                    return object;
                };

                HealthCheckRequest.prototype.toJSON = function() {
                    return HealthCheckRequest.toObject(this, $protobuf.util.toJSONOptions);
                };

                return HealthCheckRequest;
            })();

            v1.HealthCheckResponse = (function() {

                const HealthCheckResponse = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                HealthCheckResponse.prototype.status = 0;

                HealthCheckResponse.create = function(properties) {
                    return new HealthCheckResponse(properties);
                };

                HealthCheckResponse.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.status != null && $Object.hasOwnProperty.call(message, "status") && message.status !== 0)
                        writer.uint32(8).int32(message.status);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                HealthCheckResponse.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.health.v1.HealthCheckResponse();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.status = value;
                                else
                                    delete message.status;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                HealthCheckResponse.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.health.v1.HealthCheckResponse)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.health.v1.HealthCheckResponse: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.health.v1.HealthCheckResponse();
                    if (object.status !== 0 && (typeof object.status !== "string" || $root.grpc.health.v1.HealthCheckResponse.ServingStatus[object.status] !== 0))
                        switch (object.status) {
                        case "UNKNOWN":
                        case 0:
                            message.status = 0;
                            break;
                        case "SERVING":
                        case 1:
                            message.status = 1;
                            break;
                        case "NOT_SERVING":
                        case 2:
                            message.status = 2;
                            break;
                        case "SERVICE_UNKNOWN":
                        case 3:
                            message.status = 3;
                            break;
                        default:
                            if (typeof object.status === "number" && (object.status | 0) === object.status)
                                message.status = object.status;
                        }
                    return message;
                };

                HealthCheckResponse.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults)
                        object.status = options.enums === $String ? "UNKNOWN" : 0;
                    if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                        object.status = options.enums === $String ? $root.grpc.health.v1.HealthCheckResponse.ServingStatus[message.status] === $undefined ? message.status : $root.grpc.health.v1.HealthCheckResponse.ServingStatus[message.status] : message.status;
                    return object;
                };

                HealthCheckResponse.prototype.toJSON = function() {
                    return HealthCheckResponse.toObject(this, $protobuf.util.toJSONOptions);
                };

                HealthCheckResponse.ServingStatus = (function() {
                    const valuesById = $Object.create(null), values = $Object.create(valuesById);
                    values[valuesById[0] = "UNKNOWN"] = 0;
                    values[valuesById[1] = "SERVING"] = 1;
                    values[valuesById[2] = "NOT_SERVING"] = 2;
                    values[valuesById[3] = "SERVICE_UNKNOWN"] = 3;
                    return values;
                })();

                return HealthCheckResponse;
            })();

            return v1;
        })();

        return health;
    })();

    return grpc;
})();

export const ofs = $root.ofs = (() => {

    const ofs = {};

    ofs.v1 = (function() {

        const v1 = {};

        v1.DescribeRequest = (function() {

            const DescribeRequest = function (properties) {
                this.entityLabels = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            DescribeRequest.prototype.entityLabels = $util.emptyArray;

            DescribeRequest.create = function(properties) {
                return new DescribeRequest(properties);
            };

            DescribeRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.entityLabels != null && message.entityLabels.length)
                    for (let i = 0; i < message.entityLabels.length; ++i)
                        writer.uint32(10).string(message.entityLabels[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            DescribeRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.DescribeRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.entityLabels && message.entityLabels.length))
                                message.entityLabels = [];
                            message.entityLabels.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            DescribeRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.DescribeRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.DescribeRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.DescribeRequest();
                if (object.entityLabels) {
                    if (!$Array.isArray(object.entityLabels))
                        throw $TypeError(".ofs.v1.DescribeRequest.entityLabels: array expected");
                    message.entityLabels = $Array(object.entityLabels.length);
                    for (let i = 0; i < object.entityLabels.length; ++i)
                        message.entityLabels[i] = $String(object.entityLabels[i]);
                }
                return message;
            };

            DescribeRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.entityLabels = [];
                if (message.entityLabels && message.entityLabels.length) {
                    object.entityLabels = $Array(message.entityLabels.length);
                    for (let j = 0; j < message.entityLabels.length; ++j)
                        object.entityLabels[j] = message.entityLabels[j];
                }
                return object;
            };

            DescribeRequest.prototype.toJSON = function() {
                return DescribeRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return DescribeRequest;
        })();

        v1.DescribeResult = (function() {

            const DescribeResult = function (properties) {
                this.entities = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            DescribeResult.prototype.registryRevision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            DescribeResult.prototype.entities = $util.emptyArray;

            DescribeResult.create = function(properties) {
                return new DescribeResult(properties);
            };

            DescribeResult.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.registryRevision != null && $Object.hasOwnProperty.call(message, "registryRevision") && (typeof message.registryRevision === "object" ? message.registryRevision.low || message.registryRevision.high : message.registryRevision !== 0))
                    writer.uint32(8).int64(message.registryRevision);
                if (message.entities != null && message.entities.length)
                    for (let i = 0; i < message.entities.length; ++i)
                        $root.ofs.v1.EntitySchema.encode(message.entities[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            DescribeResult.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.DescribeResult();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.registryRevision = value;
                            else
                                delete message.registryRevision;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.entities && message.entities.length))
                                message.entities = [];
                            message.entities.push($root.ofs.v1.EntitySchema.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            DescribeResult.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.DescribeResult)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.DescribeResult: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.DescribeResult();
                if (object.registryRevision != null)
                    if (typeof object.registryRevision === "object" ? object.registryRevision.low || object.registryRevision.high : $Number(object.registryRevision) !== 0)
                        if ($util.Long)
                            message.registryRevision = $util.Long.fromValue(object.registryRevision, false);
                        else if (typeof object.registryRevision === "string")
                            message.registryRevision = $parseInt(object.registryRevision, 10);
                        else if (typeof object.registryRevision === "number")
                            message.registryRevision = object.registryRevision;
                        else if (typeof object.registryRevision === "object")
                            message.registryRevision = new $util.LongBits(object.registryRevision.low >>> 0, object.registryRevision.high >>> 0).toNumber();
                if (object.entities) {
                    if (!$Array.isArray(object.entities))
                        throw $TypeError(".ofs.v1.DescribeResult.entities: array expected");
                    message.entities = $Array(object.entities.length);
                    for (let i = 0; i < object.entities.length; ++i) {
                        if (!$util.isObject(object.entities[i]))
                            throw $TypeError(".ofs.v1.DescribeResult.entities: object expected");
                        message.entities[i] = $root.ofs.v1.EntitySchema.fromObject(object.entities[i], _depth + 1);
                    }
                }
                return message;
            };

            DescribeResult.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.entities = [];
                if (options.defaults)
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, false);
                        object.registryRevision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.registryRevision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if (message.registryRevision != null && $Object.hasOwnProperty.call(message, "registryRevision"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.registryRevision = typeof message.registryRevision === "number" ? $BigInt(message.registryRevision) : $util.Long.fromBits(message.registryRevision.low >>> 0, message.registryRevision.high >>> 0, false).toBigInt();
                    else if (typeof message.registryRevision === "number")
                        object.registryRevision = options.longs === $String ? $String(message.registryRevision) : message.registryRevision;
                    else
                        object.registryRevision = options.longs === $String ? $util.Long.prototype.toString.call(message.registryRevision) : options.longs === $Number ? new $util.LongBits(message.registryRevision.low >>> 0, message.registryRevision.high >>> 0).toNumber() : message.registryRevision;
                if (message.entities && message.entities.length) {
                    object.entities = $Array(message.entities.length);
                    for (let j = 0; j < message.entities.length; ++j)
                        object.entities[j] = $root.ofs.v1.EntitySchema.toObject(message.entities[j], options, _depth + 1);
                }
                return object;
            };

            DescribeResult.prototype.toJSON = function() {
                return DescribeResult.toObject(this, $protobuf.util.toJSONOptions);
            };

            return DescribeResult;
        })();

        v1.EntitySchema = (function() {

            const EntitySchema = function (properties) {
                this.keyLabels = [];
                this.groups = [];
                this.faults = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            EntitySchema.prototype.label = "";
            EntitySchema.prototype.keyLabels = $util.emptyArray;
            EntitySchema.prototype.groups = $util.emptyArray;
            EntitySchema.prototype.faults = $util.emptyArray;

            EntitySchema.create = function(properties) {
                return new EntitySchema(properties);
            };

            EntitySchema.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.label != null && $Object.hasOwnProperty.call(message, "label") && message.label !== "")
                    writer.uint32(10).string(message.label);
                if (message.keyLabels != null && message.keyLabels.length)
                    for (let i = 0; i < message.keyLabels.length; ++i)
                        writer.uint32(18).string(message.keyLabels[i]);
                if (message.groups != null && message.groups.length)
                    for (let i = 0; i < message.groups.length; ++i)
                        $root.ofs.v1.GroupSchema.encode(message.groups[i], writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.faults != null && message.faults.length)
                    for (let i = 0; i < message.faults.length; ++i)
                        $root.ofs.v1.Fault.encode(message.faults[i], writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            EntitySchema.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.EntitySchema();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.label = value;
                            else
                                delete message.label;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.keyLabels && message.keyLabels.length))
                                message.keyLabels = [];
                            message.keyLabels.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.groups && message.groups.length))
                                message.groups = [];
                            message.groups.push($root.ofs.v1.GroupSchema.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.faults && message.faults.length))
                                message.faults = [];
                            message.faults.push($root.ofs.v1.Fault.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            EntitySchema.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.EntitySchema)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.EntitySchema: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.EntitySchema();
                if (object.label != null)
                    if (typeof object.label !== "string" || object.label.length)
                        message.label = $String(object.label);
                if (object.keyLabels) {
                    if (!$Array.isArray(object.keyLabels))
                        throw $TypeError(".ofs.v1.EntitySchema.keyLabels: array expected");
                    message.keyLabels = $Array(object.keyLabels.length);
                    for (let i = 0; i < object.keyLabels.length; ++i)
                        message.keyLabels[i] = $String(object.keyLabels[i]);
                }
                if (object.groups) {
                    if (!$Array.isArray(object.groups))
                        throw $TypeError(".ofs.v1.EntitySchema.groups: array expected");
                    message.groups = $Array(object.groups.length);
                    for (let i = 0; i < object.groups.length; ++i) {
                        if (!$util.isObject(object.groups[i]))
                            throw $TypeError(".ofs.v1.EntitySchema.groups: object expected");
                        message.groups[i] = $root.ofs.v1.GroupSchema.fromObject(object.groups[i], _depth + 1);
                    }
                }
                if (object.faults) {
                    if (!$Array.isArray(object.faults))
                        throw $TypeError(".ofs.v1.EntitySchema.faults: array expected");
                    message.faults = $Array(object.faults.length);
                    for (let i = 0; i < object.faults.length; ++i) {
                        if (!$util.isObject(object.faults[i]))
                            throw $TypeError(".ofs.v1.EntitySchema.faults: object expected");
                        message.faults[i] = $root.ofs.v1.Fault.fromObject(object.faults[i], _depth + 1);
                    }
                }
                return message;
            };

            EntitySchema.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.keyLabels = [];
                    object.groups = [];
                    object.faults = [];
                }
                if (options.defaults)
                    object.label = "";
                if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                    object.label = message.label;
                if (message.keyLabels && message.keyLabels.length) {
                    object.keyLabels = $Array(message.keyLabels.length);
                    for (let j = 0; j < message.keyLabels.length; ++j)
                        object.keyLabels[j] = message.keyLabels[j];
                }
                if (message.groups && message.groups.length) {
                    object.groups = $Array(message.groups.length);
                    for (let j = 0; j < message.groups.length; ++j)
                        object.groups[j] = $root.ofs.v1.GroupSchema.toObject(message.groups[j], options, _depth + 1);
                }
                if (message.faults && message.faults.length) {
                    object.faults = $Array(message.faults.length);
                    for (let j = 0; j < message.faults.length; ++j)
                        object.faults[j] = $root.ofs.v1.Fault.toObject(message.faults[j], options, _depth + 1);
                }
                return object;
            };

            EntitySchema.prototype.toJSON = function() {
                return EntitySchema.toObject(this, $protobuf.util.toJSONOptions);
            };

            return EntitySchema;
        })();

        v1.GroupSchema = (function() {

            const GroupSchema = function (properties) {
                this.features = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            GroupSchema.prototype.label = "";
            GroupSchema.prototype.id = 0;
            GroupSchema.prototype.dataType = "";
            GroupSchema.prototype.ttlSeconds = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            GroupSchema.prototype.activeVersion = 0;
            GroupSchema.prototype.storeId = "";
            GroupSchema.prototype.features = $util.emptyArray;
            GroupSchema.prototype.processCached = false;
            GroupSchema.prototype.distributedCached = false;

            GroupSchema.create = function(properties) {
                return new GroupSchema(properties);
            };

            GroupSchema.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.label != null && $Object.hasOwnProperty.call(message, "label") && message.label !== "")
                    writer.uint32(10).string(message.label);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== 0)
                    writer.uint32(16).uint32(message.id);
                if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType") && message.dataType !== "")
                    writer.uint32(26).string(message.dataType);
                if (message.ttlSeconds != null && $Object.hasOwnProperty.call(message, "ttlSeconds") && (typeof message.ttlSeconds === "object" ? message.ttlSeconds.low || message.ttlSeconds.high : message.ttlSeconds !== 0))
                    writer.uint32(32).uint64(message.ttlSeconds);
                if (message.activeVersion != null && $Object.hasOwnProperty.call(message, "activeVersion") && message.activeVersion !== 0)
                    writer.uint32(40).uint32(message.activeVersion);
                if (message.storeId != null && $Object.hasOwnProperty.call(message, "storeId") && message.storeId !== "")
                    writer.uint32(50).string(message.storeId);
                if (message.features != null && message.features.length)
                    for (let i = 0; i < message.features.length; ++i)
                        $root.ofs.v1.FeatureSchema.encode(message.features[i], writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.processCached != null && $Object.hasOwnProperty.call(message, "processCached") && message.processCached !== false)
                    writer.uint32(64).bool(message.processCached);
                if (message.distributedCached != null && $Object.hasOwnProperty.call(message, "distributedCached") && message.distributedCached !== false)
                    writer.uint32(72).bool(message.distributedCached);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            GroupSchema.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.GroupSchema();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.label = value;
                            else
                                delete message.label;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.dataType = value;
                            else
                                delete message.dataType;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.ttlSeconds = value;
                            else
                                delete message.ttlSeconds;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.activeVersion = value;
                            else
                                delete message.activeVersion;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.storeId = value;
                            else
                                delete message.storeId;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (!(message.features && message.features.length))
                                message.features = [];
                            message.features.push($root.ofs.v1.FeatureSchema.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.processCached = value;
                            else
                                delete message.processCached;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.distributedCached = value;
                            else
                                delete message.distributedCached;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            GroupSchema.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.GroupSchema)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.GroupSchema: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.GroupSchema();
                if (object.label != null)
                    if (typeof object.label !== "string" || object.label.length)
                        message.label = $String(object.label);
                if (object.id != null)
                    if ($Number(object.id) !== 0)
                        message.id = object.id >>> 0;
                if (object.dataType != null)
                    if (typeof object.dataType !== "string" || object.dataType.length)
                        message.dataType = $String(object.dataType);
                if (object.ttlSeconds != null)
                    if (typeof object.ttlSeconds === "object" ? object.ttlSeconds.low || object.ttlSeconds.high : $Number(object.ttlSeconds) !== 0)
                        if ($util.Long)
                            message.ttlSeconds = $util.Long.fromValue(object.ttlSeconds, true);
                        else if (typeof object.ttlSeconds === "string")
                            message.ttlSeconds = $parseInt(object.ttlSeconds, 10);
                        else if (typeof object.ttlSeconds === "number")
                            message.ttlSeconds = object.ttlSeconds;
                        else if (typeof object.ttlSeconds === "object")
                            message.ttlSeconds = new $util.LongBits(object.ttlSeconds.low >>> 0, object.ttlSeconds.high >>> 0).toNumber(true);
                if (object.activeVersion != null)
                    if ($Number(object.activeVersion) !== 0)
                        message.activeVersion = object.activeVersion >>> 0;
                if (object.storeId != null)
                    if (typeof object.storeId !== "string" || object.storeId.length)
                        message.storeId = $String(object.storeId);
                if (object.features) {
                    if (!$Array.isArray(object.features))
                        throw $TypeError(".ofs.v1.GroupSchema.features: array expected");
                    message.features = $Array(object.features.length);
                    for (let i = 0; i < object.features.length; ++i) {
                        if (!$util.isObject(object.features[i]))
                            throw $TypeError(".ofs.v1.GroupSchema.features: object expected");
                        message.features[i] = $root.ofs.v1.FeatureSchema.fromObject(object.features[i], _depth + 1);
                    }
                }
                if (object.processCached != null)
                    if (object.processCached)
                        message.processCached = $Boolean(object.processCached);
                if (object.distributedCached != null)
                    if (object.distributedCached)
                        message.distributedCached = $Boolean(object.distributedCached);
                return message;
            };

            GroupSchema.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.features = [];
                if (options.defaults) {
                    object.label = "";
                    object.id = 0;
                    object.dataType = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.ttlSeconds = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.ttlSeconds = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.activeVersion = 0;
                    object.storeId = "";
                    object.processCached = false;
                    object.distributedCached = false;
                }
                if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                    object.label = message.label;
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType"))
                    object.dataType = message.dataType;
                if (message.ttlSeconds != null && $Object.hasOwnProperty.call(message, "ttlSeconds"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.ttlSeconds = typeof message.ttlSeconds === "number" ? $BigInt(message.ttlSeconds) : $util.Long.fromBits(message.ttlSeconds.low >>> 0, message.ttlSeconds.high >>> 0, true).toBigInt();
                    else if (typeof message.ttlSeconds === "number")
                        object.ttlSeconds = options.longs === $String ? $String(message.ttlSeconds) : message.ttlSeconds;
                    else
                        object.ttlSeconds = options.longs === $String ? $util.Long.prototype.toString.call(message.ttlSeconds) : options.longs === $Number ? new $util.LongBits(message.ttlSeconds.low >>> 0, message.ttlSeconds.high >>> 0).toNumber(true) : message.ttlSeconds;
                if (message.activeVersion != null && $Object.hasOwnProperty.call(message, "activeVersion"))
                    object.activeVersion = message.activeVersion;
                if (message.storeId != null && $Object.hasOwnProperty.call(message, "storeId"))
                    object.storeId = message.storeId;
                if (message.features && message.features.length) {
                    object.features = $Array(message.features.length);
                    for (let j = 0; j < message.features.length; ++j)
                        object.features[j] = $root.ofs.v1.FeatureSchema.toObject(message.features[j], options, _depth + 1);
                }
                if (message.processCached != null && $Object.hasOwnProperty.call(message, "processCached"))
                    object.processCached = message.processCached;
                if (message.distributedCached != null && $Object.hasOwnProperty.call(message, "distributedCached"))
                    object.distributedCached = message.distributedCached;
                return object;
            };

            GroupSchema.prototype.toJSON = function() {
                return GroupSchema.toObject(this, $protobuf.util.toJSONOptions);
            };

            return GroupSchema;
        })();

        v1.FeatureSchema = (function() {

            const FeatureSchema = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            FeatureSchema.prototype.label = "";
            FeatureSchema.prototype.vectorLength = 0;
            FeatureSchema.prototype.stringLength = 0;
            FeatureSchema.prototype.defaultValue = $util.newBuffer([]);

            FeatureSchema.create = function(properties) {
                return new FeatureSchema(properties);
            };

            FeatureSchema.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.label != null && $Object.hasOwnProperty.call(message, "label") && message.label !== "")
                    writer.uint32(10).string(message.label);
                if (message.vectorLength != null && $Object.hasOwnProperty.call(message, "vectorLength") && message.vectorLength !== 0)
                    writer.uint32(16).uint32(message.vectorLength);
                if (message.stringLength != null && $Object.hasOwnProperty.call(message, "stringLength") && message.stringLength !== 0)
                    writer.uint32(24).uint32(message.stringLength);
                if (message.defaultValue != null && $Object.hasOwnProperty.call(message, "defaultValue") && message.defaultValue.length)
                    writer.uint32(34).bytes(message.defaultValue);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            FeatureSchema.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.FeatureSchema();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.label = value;
                            else
                                delete message.label;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.vectorLength = value;
                            else
                                delete message.vectorLength;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.stringLength = value;
                            else
                                delete message.stringLength;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.defaultValue = value;
                            else
                                delete message.defaultValue;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            FeatureSchema.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.FeatureSchema)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.FeatureSchema: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.FeatureSchema();
                if (object.label != null)
                    if (typeof object.label !== "string" || object.label.length)
                        message.label = $String(object.label);
                if (object.vectorLength != null)
                    if ($Number(object.vectorLength) !== 0)
                        message.vectorLength = object.vectorLength >>> 0;
                if (object.stringLength != null)
                    if ($Number(object.stringLength) !== 0)
                        message.stringLength = object.stringLength >>> 0;
                if (object.defaultValue != null)
                    if (object.defaultValue.length)
                        if (typeof object.defaultValue === "string")
                            $util.base64.decode(object.defaultValue, message.defaultValue = $util.newBuffer($util.base64.length(object.defaultValue)), 0);
                        else if (object.defaultValue.length >= 0)
                            message.defaultValue = object.defaultValue;
                return message;
            };

            FeatureSchema.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.label = "";
                    object.vectorLength = 0;
                    object.stringLength = 0;
                    if (options.bytes === $String)
                        object.defaultValue = "";
                    else {
                        object.defaultValue = [];
                        if (options.bytes !== $Array)
                            object.defaultValue = $util.newBuffer(object.defaultValue);
                    }
                }
                if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                    object.label = message.label;
                if (message.vectorLength != null && $Object.hasOwnProperty.call(message, "vectorLength"))
                    object.vectorLength = message.vectorLength;
                if (message.stringLength != null && $Object.hasOwnProperty.call(message, "stringLength"))
                    object.stringLength = message.stringLength;
                if (message.defaultValue != null && $Object.hasOwnProperty.call(message, "defaultValue"))
                    object.defaultValue = options.bytes === $String ? $util.base64.encode(message.defaultValue, 0, message.defaultValue.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.defaultValue) : message.defaultValue;
                return object;
            };

            FeatureSchema.prototype.toJSON = function() {
                return FeatureSchema.toObject(this, $protobuf.util.toJSONOptions);
            };

            return FeatureSchema;
        })();

        v1.Fault = (function() {

            const Fault = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Fault.prototype.path = "";
            Fault.prototype.reason = "";

            Fault.create = function(properties) {
                return new Fault(properties);
            };

            Fault.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                    writer.uint32(10).string(message.path);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(18).string(message.reason);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Fault.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.Fault();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.path = value;
                            else
                                delete message.path;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Fault.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.Fault)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.Fault: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.Fault();
                if (object.path != null)
                    if (typeof object.path !== "string" || object.path.length)
                        message.path = $String(object.path);
                if (object.reason != null)
                    if (typeof object.reason !== "string" || object.reason.length)
                        message.reason = $String(object.reason);
                return message;
            };

            Fault.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.path = "";
                    object.reason = "";
                }
                if (message.path != null && $Object.hasOwnProperty.call(message, "path"))
                    object.path = message.path;
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                    object.reason = message.reason;
                return object;
            };

            Fault.prototype.toJSON = function() {
                return Fault.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Fault;
        })();

        v1.InspectRequest = (function() {

            const InspectRequest = function (properties) {
                this.featureGroups = [];
                this.keysSchema = [];
                this.keys = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            InspectRequest.prototype.entityLabel = "";
            InspectRequest.prototype.featureGroups = $util.emptyArray;
            InspectRequest.prototype.keysSchema = $util.emptyArray;
            InspectRequest.prototype.keys = $util.emptyArray;

            InspectRequest.create = function(properties) {
                return new InspectRequest(properties);
            };

            InspectRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel") && message.entityLabel !== "")
                    writer.uint32(10).string(message.entityLabel);
                if (message.featureGroups != null && message.featureGroups.length)
                    for (let i = 0; i < message.featureGroups.length; ++i)
                        $root.ofs.v1.InspectedGroup.encode(message.featureGroups[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.keysSchema != null && message.keysSchema.length)
                    for (let i = 0; i < message.keysSchema.length; ++i)
                        writer.uint32(26).string(message.keysSchema[i]);
                if (message.keys != null && message.keys.length)
                    for (let i = 0; i < message.keys.length; ++i)
                        $root.ofs.v1.InspectedKey.encode(message.keys[i], writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            InspectRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.InspectRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.entityLabel = value;
                            else
                                delete message.entityLabel;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.featureGroups && message.featureGroups.length))
                                message.featureGroups = [];
                            message.featureGroups.push($root.ofs.v1.InspectedGroup.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.keysSchema && message.keysSchema.length))
                                message.keysSchema = [];
                            message.keysSchema.push(reader.stringVerify());
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.keys && message.keys.length))
                                message.keys = [];
                            message.keys.push($root.ofs.v1.InspectedKey.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            InspectRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.InspectRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.InspectRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.InspectRequest();
                if (object.entityLabel != null)
                    if (typeof object.entityLabel !== "string" || object.entityLabel.length)
                        message.entityLabel = $String(object.entityLabel);
                if (object.featureGroups) {
                    if (!$Array.isArray(object.featureGroups))
                        throw $TypeError(".ofs.v1.InspectRequest.featureGroups: array expected");
                    message.featureGroups = $Array(object.featureGroups.length);
                    for (let i = 0; i < object.featureGroups.length; ++i) {
                        if (!$util.isObject(object.featureGroups[i]))
                            throw $TypeError(".ofs.v1.InspectRequest.featureGroups: object expected");
                        message.featureGroups[i] = $root.ofs.v1.InspectedGroup.fromObject(object.featureGroups[i], _depth + 1);
                    }
                }
                if (object.keysSchema) {
                    if (!$Array.isArray(object.keysSchema))
                        throw $TypeError(".ofs.v1.InspectRequest.keysSchema: array expected");
                    message.keysSchema = $Array(object.keysSchema.length);
                    for (let i = 0; i < object.keysSchema.length; ++i)
                        message.keysSchema[i] = $String(object.keysSchema[i]);
                }
                if (object.keys) {
                    if (!$Array.isArray(object.keys))
                        throw $TypeError(".ofs.v1.InspectRequest.keys: array expected");
                    message.keys = $Array(object.keys.length);
                    for (let i = 0; i < object.keys.length; ++i) {
                        if (!$util.isObject(object.keys[i]))
                            throw $TypeError(".ofs.v1.InspectRequest.keys: object expected");
                        message.keys[i] = $root.ofs.v1.InspectedKey.fromObject(object.keys[i], _depth + 1);
                    }
                }
                return message;
            };

            InspectRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.featureGroups = [];
                    object.keysSchema = [];
                    object.keys = [];
                }
                if (options.defaults)
                    object.entityLabel = "";
                if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel"))
                    object.entityLabel = message.entityLabel;
                if (message.featureGroups && message.featureGroups.length) {
                    object.featureGroups = $Array(message.featureGroups.length);
                    for (let j = 0; j < message.featureGroups.length; ++j)
                        object.featureGroups[j] = $root.ofs.v1.InspectedGroup.toObject(message.featureGroups[j], options, _depth + 1);
                }
                if (message.keysSchema && message.keysSchema.length) {
                    object.keysSchema = $Array(message.keysSchema.length);
                    for (let j = 0; j < message.keysSchema.length; ++j)
                        object.keysSchema[j] = message.keysSchema[j];
                }
                if (message.keys && message.keys.length) {
                    object.keys = $Array(message.keys.length);
                    for (let j = 0; j < message.keys.length; ++j)
                        object.keys[j] = $root.ofs.v1.InspectedKey.toObject(message.keys[j], options, _depth + 1);
                }
                return object;
            };

            InspectRequest.prototype.toJSON = function() {
                return InspectRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return InspectRequest;
        })();

        v1.InspectedGroup = (function() {

            const InspectedGroup = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            InspectedGroup.prototype.label = "";

            InspectedGroup.create = function(properties) {
                return new InspectedGroup(properties);
            };

            InspectedGroup.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.label != null && $Object.hasOwnProperty.call(message, "label") && message.label !== "")
                    writer.uint32(10).string(message.label);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            InspectedGroup.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.InspectedGroup();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.label = value;
                            else
                                delete message.label;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            InspectedGroup.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.InspectedGroup)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.InspectedGroup: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.InspectedGroup();
                if (object.label != null)
                    if (typeof object.label !== "string" || object.label.length)
                        message.label = $String(object.label);
                return message;
            };

            InspectedGroup.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.label = "";
                if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                    object.label = message.label;
                return object;
            };

            InspectedGroup.prototype.toJSON = function() {
                return InspectedGroup.toObject(this, $protobuf.util.toJSONOptions);
            };

            return InspectedGroup;
        })();

        v1.InspectedKey = (function() {

            const InspectedKey = function (properties) {
                this.cols = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            InspectedKey.prototype.cols = $util.emptyArray;

            InspectedKey.create = function(properties) {
                return new InspectedKey(properties);
            };

            InspectedKey.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.cols != null && message.cols.length)
                    for (let i = 0; i < message.cols.length; ++i)
                        writer.uint32(10).string(message.cols[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            InspectedKey.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.InspectedKey();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.cols && message.cols.length))
                                message.cols = [];
                            message.cols.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            InspectedKey.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.InspectedKey)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.InspectedKey: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.InspectedKey();
                if (object.cols) {
                    if (!$Array.isArray(object.cols))
                        throw $TypeError(".ofs.v1.InspectedKey.cols: array expected");
                    message.cols = $Array(object.cols.length);
                    for (let i = 0; i < object.cols.length; ++i)
                        message.cols[i] = $String(object.cols[i]);
                }
                return message;
            };

            InspectedKey.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.cols = [];
                if (message.cols && message.cols.length) {
                    object.cols = $Array(message.cols.length);
                    for (let j = 0; j < message.cols.length; ++j)
                        object.cols[j] = message.cols[j];
                }
                return object;
            };

            InspectedKey.prototype.toJSON = function() {
                return InspectedKey.toObject(this, $protobuf.util.toJSONOptions);
            };

            return InspectedKey;
        })();

        v1.InspectResult = (function() {

            const InspectResult = function (properties) {
                this.keys = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            InspectResult.prototype.keys = $util.emptyArray;

            InspectResult.create = function(properties) {
                return new InspectResult(properties);
            };

            InspectResult.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.keys != null && message.keys.length)
                    for (let i = 0; i < message.keys.length; ++i)
                        $root.ofs.v1.KeyState.encode(message.keys[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            InspectResult.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.InspectResult();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.keys && message.keys.length))
                                message.keys = [];
                            message.keys.push($root.ofs.v1.KeyState.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            InspectResult.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.InspectResult)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.InspectResult: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.InspectResult();
                if (object.keys) {
                    if (!$Array.isArray(object.keys))
                        throw $TypeError(".ofs.v1.InspectResult.keys: array expected");
                    message.keys = $Array(object.keys.length);
                    for (let i = 0; i < object.keys.length; ++i) {
                        if (!$util.isObject(object.keys[i]))
                            throw $TypeError(".ofs.v1.InspectResult.keys: object expected");
                        message.keys[i] = $root.ofs.v1.KeyState.fromObject(object.keys[i], _depth + 1);
                    }
                }
                return message;
            };

            InspectResult.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.keys = [];
                if (message.keys && message.keys.length) {
                    object.keys = $Array(message.keys.length);
                    for (let j = 0; j < message.keys.length; ++j)
                        object.keys[j] = $root.ofs.v1.KeyState.toObject(message.keys[j], options, _depth + 1);
                }
                return object;
            };

            InspectResult.prototype.toJSON = function() {
                return InspectResult.toObject(this, $protobuf.util.toJSONOptions);
            };

            return InspectResult;
        })();

        v1.KeyState = (function() {

            const KeyState = function (properties) {
                this.groups = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            KeyState.prototype.groups = $util.emptyArray;

            KeyState.create = function(properties) {
                return new KeyState(properties);
            };

            KeyState.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.groups != null && message.groups.length)
                    for (let i = 0; i < message.groups.length; ++i)
                        $root.ofs.v1.GroupState.encode(message.groups[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            KeyState.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.KeyState();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.groups && message.groups.length))
                                message.groups = [];
                            message.groups.push($root.ofs.v1.GroupState.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            KeyState.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.KeyState)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.KeyState: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.KeyState();
                if (object.groups) {
                    if (!$Array.isArray(object.groups))
                        throw $TypeError(".ofs.v1.KeyState.groups: array expected");
                    message.groups = $Array(object.groups.length);
                    for (let i = 0; i < object.groups.length; ++i) {
                        if (!$util.isObject(object.groups[i]))
                            throw $TypeError(".ofs.v1.KeyState.groups: object expected");
                        message.groups[i] = $root.ofs.v1.GroupState.fromObject(object.groups[i], _depth + 1);
                    }
                }
                return message;
            };

            KeyState.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.groups = [];
                if (message.groups && message.groups.length) {
                    object.groups = $Array(message.groups.length);
                    for (let j = 0; j < message.groups.length; ++j)
                        object.groups[j] = $root.ofs.v1.GroupState.toObject(message.groups[j], options, _depth + 1);
                }
                return object;
            };

            KeyState.prototype.toJSON = function() {
                return KeyState.toObject(this, $protobuf.util.toJSONOptions);
            };

            return KeyState;
        })();

        v1.GroupState = (function() {

            const GroupState = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            GroupState.prototype.label = "";
            GroupState.prototype.presence = 0;
            GroupState.prototype.schemaVersion = 0;
            GroupState.prototype.expiresAtSeconds = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            GroupState.create = function(properties) {
                return new GroupState(properties);
            };

            GroupState.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.label != null && $Object.hasOwnProperty.call(message, "label") && message.label !== "")
                    writer.uint32(10).string(message.label);
                if (message.presence != null && $Object.hasOwnProperty.call(message, "presence") && message.presence !== 0)
                    writer.uint32(16).int32(message.presence);
                if (message.schemaVersion != null && $Object.hasOwnProperty.call(message, "schemaVersion") && message.schemaVersion !== 0)
                    writer.uint32(24).uint32(message.schemaVersion);
                if (message.expiresAtSeconds != null && $Object.hasOwnProperty.call(message, "expiresAtSeconds") && (typeof message.expiresAtSeconds === "object" ? message.expiresAtSeconds.low || message.expiresAtSeconds.high : message.expiresAtSeconds !== 0))
                    writer.uint32(32).int64(message.expiresAtSeconds);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            GroupState.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.ofs.v1.GroupState();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.label = value;
                            else
                                delete message.label;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.presence = value;
                            else
                                delete message.presence;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.schemaVersion = value;
                            else
                                delete message.schemaVersion;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.expiresAtSeconds = value;
                            else
                                delete message.expiresAtSeconds;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            GroupState.fromObject = function (object, _depth) {
                if (object instanceof $root.ofs.v1.GroupState)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".ofs.v1.GroupState: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.ofs.v1.GroupState();
                if (object.label != null)
                    if (typeof object.label !== "string" || object.label.length)
                        message.label = $String(object.label);
                if (object.presence !== 0 && (typeof object.presence !== "string" || $root.ofs.v1.Presence[object.presence] !== 0))
                    switch (object.presence) {
                    case "PRESENCE_UNKNOWN":
                    case 0:
                        message.presence = 0;
                        break;
                    case "STORED":
                    case 1:
                        message.presence = 1;
                        break;
                    case "ABSENT":
                    case 2:
                        message.presence = 2;
                        break;
                    case "EXPIRED":
                    case 3:
                        message.presence = 3;
                        break;
                    case "UNREADABLE":
                    case 4:
                        message.presence = 4;
                        break;
                    case "FAILED":
                    case 5:
                        message.presence = 5;
                        break;
                    default:
                        if (typeof object.presence === "number" && (object.presence | 0) === object.presence)
                            message.presence = object.presence;
                    }
                if (object.schemaVersion != null)
                    if ($Number(object.schemaVersion) !== 0)
                        message.schemaVersion = object.schemaVersion >>> 0;
                if (object.expiresAtSeconds != null)
                    if (typeof object.expiresAtSeconds === "object" ? object.expiresAtSeconds.low || object.expiresAtSeconds.high : $Number(object.expiresAtSeconds) !== 0)
                        if ($util.Long)
                            message.expiresAtSeconds = $util.Long.fromValue(object.expiresAtSeconds, false);
                        else if (typeof object.expiresAtSeconds === "string")
                            message.expiresAtSeconds = $parseInt(object.expiresAtSeconds, 10);
                        else if (typeof object.expiresAtSeconds === "number")
                            message.expiresAtSeconds = object.expiresAtSeconds;
                        else if (typeof object.expiresAtSeconds === "object")
                            message.expiresAtSeconds = new $util.LongBits(object.expiresAtSeconds.low >>> 0, object.expiresAtSeconds.high >>> 0).toNumber();
                return message;
            };

            GroupState.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.label = "";
                    object.presence = options.enums === $String ? "PRESENCE_UNKNOWN" : 0;
                    object.schemaVersion = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, false);
                        object.expiresAtSeconds = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.expiresAtSeconds = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                    object.label = message.label;
                if (message.presence != null && $Object.hasOwnProperty.call(message, "presence"))
                    object.presence = options.enums === $String ? $root.ofs.v1.Presence[message.presence] === $undefined ? message.presence : $root.ofs.v1.Presence[message.presence] : message.presence;
                if (message.schemaVersion != null && $Object.hasOwnProperty.call(message, "schemaVersion"))
                    object.schemaVersion = message.schemaVersion;
                if (message.expiresAtSeconds != null && $Object.hasOwnProperty.call(message, "expiresAtSeconds"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.expiresAtSeconds = typeof message.expiresAtSeconds === "number" ? $BigInt(message.expiresAtSeconds) : $util.Long.fromBits(message.expiresAtSeconds.low >>> 0, message.expiresAtSeconds.high >>> 0, false).toBigInt();
                    else if (typeof message.expiresAtSeconds === "number")
                        object.expiresAtSeconds = options.longs === $String ? $String(message.expiresAtSeconds) : message.expiresAtSeconds;
                    else
                        object.expiresAtSeconds = options.longs === $String ? $util.Long.prototype.toString.call(message.expiresAtSeconds) : options.longs === $Number ? new $util.LongBits(message.expiresAtSeconds.low >>> 0, message.expiresAtSeconds.high >>> 0).toNumber() : message.expiresAtSeconds;
                return object;
            };

            GroupState.prototype.toJSON = function() {
                return GroupState.toObject(this, $protobuf.util.toJSONOptions);
            };

            return GroupState;
        })();

        v1.Presence = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "PRESENCE_UNKNOWN"] = 0;
            values[valuesById[1] = "STORED"] = 1;
            values[valuesById[2] = "ABSENT"] = 2;
            values[valuesById[3] = "EXPIRED"] = 3;
            values[valuesById[4] = "UNREADABLE"] = 4;
            values[valuesById[5] = "FAILED"] = 5;
            return values;
        })();

        return v1;
    })();

    return ofs;
})();

export const p2p = $root.p2p = (() => {

    const p2p = {};

    p2p.Query = (function() {

        const Query = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Query.prototype.entityLabel = "";

        Query.create = function(properties) {
            return new Query(properties);
        };

        Query.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel") && message.entityLabel !== "")
                writer.uint32(10).string(message.entityLabel);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Query.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.p2p.Query();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.entityLabel = value;
                        else
                            delete message.entityLabel;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Query.fromObject = function (object, _depth) {
            if (object instanceof $root.p2p.Query)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".p2p.Query: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.p2p.Query();
            if (object.entityLabel != null)
                if (typeof object.entityLabel !== "string" || object.entityLabel.length)
                    message.entityLabel = $String(object.entityLabel);
            return message;
        };

        Query.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.entityLabel = "";
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel"))
                object.entityLabel = message.entityLabel;
            return object;
        };

        Query.prototype.toJSON = function() {
            return Query.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Query;
    })();

    p2p.CacheQuery = (function() {

        const CacheQuery = function (properties) {
            this.keys = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CacheQuery.prototype.entityLabel = "";
        CacheQuery.prototype.keys = $util.emptyArray;

        CacheQuery.create = function(properties) {
            return new CacheQuery(properties);
        };

        CacheQuery.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel") && message.entityLabel !== "")
                writer.uint32(10).string(message.entityLabel);
            if (message.keys != null && message.keys.length)
                for (let i = 0; i < message.keys.length; ++i)
                    writer.uint32(18).string(message.keys[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CacheQuery.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.p2p.CacheQuery();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.entityLabel = value;
                        else
                            delete message.entityLabel;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keys && message.keys.length))
                            message.keys = [];
                        message.keys.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        CacheQuery.fromObject = function (object, _depth) {
            if (object instanceof $root.p2p.CacheQuery)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".p2p.CacheQuery: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.p2p.CacheQuery();
            if (object.entityLabel != null)
                if (typeof object.entityLabel !== "string" || object.entityLabel.length)
                    message.entityLabel = $String(object.entityLabel);
            if (object.keys) {
                if (!$Array.isArray(object.keys))
                    throw $TypeError(".p2p.CacheQuery.keys: array expected");
                message.keys = $Array(object.keys.length);
                for (let i = 0; i < object.keys.length; ++i)
                    message.keys[i] = $String(object.keys[i]);
            }
            return message;
        };

        CacheQuery.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.keys = [];
            if (options.defaults)
                object.entityLabel = "";
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel"))
                object.entityLabel = message.entityLabel;
            if (message.keys && message.keys.length) {
                object.keys = $Array(message.keys.length);
                for (let j = 0; j < message.keys.length; ++j)
                    object.keys[j] = message.keys[j];
            }
            return object;
        };

        CacheQuery.prototype.toJSON = function() {
            return CacheQuery.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CacheQuery;
    })();

    p2p.CacheKeyValue = (function() {

        const CacheKeyValue = function (properties) {
            this.keyValue = {};
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CacheKeyValue.prototype.entityLabel = "";
        CacheKeyValue.prototype.keyValue = $util.emptyObject;

        CacheKeyValue.create = function(properties) {
            return new CacheKeyValue(properties);
        };

        CacheKeyValue.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel") && message.entityLabel !== "")
                writer.uint32(10).string(message.entityLabel);
            if (message.keyValue != null && $Object.hasOwnProperty.call(message, "keyValue"))
                for (let keys = $Object.keys(message.keyValue), i = 0; i < keys.length; ++i)
                    writer.uint32(18).fork().uint32(10).string(keys[i]).uint32(18).bytes(message.keyValue[keys[i]]).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CacheKeyValue.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, key, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.p2p.CacheKeyValue();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.entityLabel = value;
                        else
                            delete message.entityLabel;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (message.keyValue === $util.emptyObject)
                            message.keyValue = {};
                        let end2 = reader.size() + reader.pos;
                        if (end2 > reader.len)
                            throw $RangeError("index out of range");
                        reader.len = end2;
                        key = "";
                        value = [];
                        while (reader.pos < end2) {
                            let tag2 = reader.tag();
                            wireType = tag2 & 7;
                            switch (tag2 >>>= 3) {
                            case 1:
                                if (wireType !== 2)
                                    break;
                                key = reader.stringVerify();
                                continue;
                            case 2:
                                if (wireType !== 2)
                                    break;
                                value = reader.bytes();
                                continue;
                            }
                            reader.skipType(wireType, _depth, tag2);
                        }
                        if (reader.pos !== end2)
                            throw $RangeError("index out of range");
                        reader.len = end;
                        if (key === "__proto__")
                            $util.makeProp(message.keyValue, key);
                        message.keyValue[key] = value;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        CacheKeyValue.fromObject = function (object, _depth) {
            if (object instanceof $root.p2p.CacheKeyValue)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".p2p.CacheKeyValue: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.p2p.CacheKeyValue();
            if (object.entityLabel != null)
                if (typeof object.entityLabel !== "string" || object.entityLabel.length)
                    message.entityLabel = $String(object.entityLabel);
            if (object.keyValue) {
                if (!$util.isObject(object.keyValue))
                    throw $TypeError(".p2p.CacheKeyValue.keyValue: object expected");
                message.keyValue = {};
                for (let keys = $Object.keys(object.keyValue), i = 0; i < keys.length; ++i) {
                    if (keys[i] === "__proto__")
                        $util.makeProp(message.keyValue, keys[i]);
                    if (typeof object.keyValue[keys[i]] === "string")
                        $util.base64.decode(object.keyValue[keys[i]], message.keyValue[keys[i]] = $util.newBuffer($util.base64.length(object.keyValue[keys[i]])), 0);
                    else if (object.keyValue[keys[i]].length >= 0)
                        message.keyValue[keys[i]] = object.keyValue[keys[i]];
                }
            }
            return message;
        };

        CacheKeyValue.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.objects || options.defaults)
                object.keyValue = {};
            if (options.defaults)
                object.entityLabel = "";
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel"))
                object.entityLabel = message.entityLabel;
            let keys2;
            if (message.keyValue && (keys2 = $Object.keys(message.keyValue)).length) {
                object.keyValue = {};
                for (let j = 0; j < keys2.length; ++j) {
                    if (keys2[j] === "__proto__")
                        $util.makeProp(object.keyValue, keys2[j]);
                    object.keyValue[keys2[j]] = options.bytes === $String ? $util.base64.encode(message.keyValue[keys2[j]], 0, message.keyValue[keys2[j]].length) : options.bytes === $Array ? $Array.prototype.slice.call(message.keyValue[keys2[j]]) : message.keyValue[keys2[j]];
                }
            }
            return object;
        };

        CacheKeyValue.prototype.toJSON = function() {
            return CacheKeyValue.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CacheKeyValue;
    })();

    p2p.ClusterTopology = (function() {

        const ClusterTopology = function (properties) {
            this.ringTopology = {};
            this.clusterMembers = {};
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ClusterTopology.prototype.ringTopology = $util.emptyObject;
        ClusterTopology.prototype.clusterMembers = $util.emptyObject;

        ClusterTopology.create = function(properties) {
            return new ClusterTopology(properties);
        };

        ClusterTopology.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ringTopology != null && $Object.hasOwnProperty.call(message, "ringTopology"))
                for (let keys = $Object.keys(message.ringTopology), i = 0; i < keys.length; ++i)
                    writer.uint32(10).fork().uint32(8).uint32(keys[i]).uint32(18).string(message.ringTopology[keys[i]]).ldelim();
            if (message.clusterMembers != null && $Object.hasOwnProperty.call(message, "clusterMembers"))
                for (let keys = $Object.keys(message.clusterMembers), i = 0; i < keys.length; ++i) {
                    writer.uint32(18).fork().uint32(10).string(keys[i]);
                    $root.p2p.PodData.encode(message.clusterMembers[keys[i]], writer.uint32(18).fork(), _depth + 1).ldelim().ldelim();
                }
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ClusterTopology.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, key, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.p2p.ClusterTopology();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (message.ringTopology === $util.emptyObject)
                            message.ringTopology = {};
                        let end2 = reader.size() + reader.pos;
                        if (end2 > reader.len)
                            throw $RangeError("index out of range");
                        reader.len = end2;
                        key = 0;
                        value = "";
                        while (reader.pos < end2) {
                            let tag2 = reader.tag();
                            wireType = tag2 & 7;
                            switch (tag2 >>>= 3) {
                            case 1:
                                if (wireType !== 0)
                                    break;
                                key = reader.uint32();
                                continue;
                            case 2:
                                if (wireType !== 2)
                                    break;
                                value = reader.stringVerify();
                                continue;
                            }
                            reader.skipType(wireType, _depth, tag2);
                        }
                        if (reader.pos !== end2)
                            throw $RangeError("index out of range");
                        reader.len = end;
                        message.ringTopology[key] = value;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (message.clusterMembers === $util.emptyObject)
                            message.clusterMembers = {};
                        let end2 = reader.size() + reader.pos;
                        if (end2 > reader.len)
                            throw $RangeError("index out of range");
                        reader.len = end2;
                        key = "";
                        value = null;
                        while (reader.pos < end2) {
                            let tag2 = reader.tag();
                            wireType = tag2 & 7;
                            switch (tag2 >>>= 3) {
                            case 1:
                                if (wireType !== 2)
                                    break;
                                key = reader.stringVerify();
                                continue;
                            case 2:
                                if (wireType !== 2)
                                    break;
                                value = $root.p2p.PodData.decode(reader, reader.size(), $undefined, _depth + 1, value);
                                continue;
                            }
                            reader.skipType(wireType, _depth, tag2);
                        }
                        if (reader.pos !== end2)
                            throw $RangeError("index out of range");
                        reader.len = end;
                        if (key === "__proto__")
                            $util.makeProp(message.clusterMembers, key);
                        message.clusterMembers[key] = value || new $root.p2p.PodData();
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ClusterTopology.fromObject = function (object, _depth) {
            if (object instanceof $root.p2p.ClusterTopology)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".p2p.ClusterTopology: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.p2p.ClusterTopology();
            if (object.ringTopology) {
                if (!$util.isObject(object.ringTopology))
                    throw $TypeError(".p2p.ClusterTopology.ringTopology: object expected");
                message.ringTopology = {};
                for (let keys = $Object.keys(object.ringTopology), i = 0; i < keys.length; ++i) {
                    if (keys[i] === "__proto__")
                        $util.makeProp(message.ringTopology, keys[i]);
                    message.ringTopology[keys[i]] = $String(object.ringTopology[keys[i]]);
                }
            }
            if (object.clusterMembers) {
                if (!$util.isObject(object.clusterMembers))
                    throw $TypeError(".p2p.ClusterTopology.clusterMembers: object expected");
                message.clusterMembers = {};
                for (let keys = $Object.keys(object.clusterMembers), i = 0; i < keys.length; ++i) {
                    if (keys[i] === "__proto__")
                        $util.makeProp(message.clusterMembers, keys[i]);
                    if (!$util.isObject(object.clusterMembers[keys[i]]))
                        throw $TypeError(".p2p.ClusterTopology.clusterMembers: object expected");
                    message.clusterMembers[keys[i]] = $root.p2p.PodData.fromObject(object.clusterMembers[keys[i]], _depth + 1);
                }
            }
            return message;
        };

        ClusterTopology.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.objects || options.defaults) {
                object.ringTopology = {};
                object.clusterMembers = {};
            }
            let keys2;
            if (message.ringTopology && (keys2 = $Object.keys(message.ringTopology)).length) {
                object.ringTopology = {};
                for (let j = 0; j < keys2.length; ++j) {
                    if (keys2[j] === "__proto__")
                        $util.makeProp(object.ringTopology, keys2[j]);
                    object.ringTopology[keys2[j]] = message.ringTopology[keys2[j]];
                }
            }
            if (message.clusterMembers && (keys2 = $Object.keys(message.clusterMembers)).length) {
                object.clusterMembers = {};
                for (let j = 0; j < keys2.length; ++j) {
                    if (keys2[j] === "__proto__")
                        $util.makeProp(object.clusterMembers, keys2[j]);
                    object.clusterMembers[keys2[j]] = $root.p2p.PodData.toObject(message.clusterMembers[keys2[j]], options, _depth + 1);
                }
            }
            return object;
        };

        ClusterTopology.prototype.toJSON = function() {
            return ClusterTopology.toObject(this, $protobuf.util.toJSONOptions);
        };

        return ClusterTopology;
    })();

    p2p.PodData = (function() {

        const PodData = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PodData.prototype.nodeIp = "";
        PodData.prototype.podIp = "";

        PodData.create = function(properties) {
            return new PodData(properties);
        };

        PodData.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.nodeIp != null && $Object.hasOwnProperty.call(message, "nodeIp") && message.nodeIp !== "")
                writer.uint32(10).string(message.nodeIp);
            if (message.podIp != null && $Object.hasOwnProperty.call(message, "podIp") && message.podIp !== "")
                writer.uint32(18).string(message.podIp);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PodData.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.p2p.PodData();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nodeIp = value;
                        else
                            delete message.nodeIp;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.podIp = value;
                        else
                            delete message.podIp;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        PodData.fromObject = function (object, _depth) {
            if (object instanceof $root.p2p.PodData)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".p2p.PodData: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.p2p.PodData();
            if (object.nodeIp != null)
                if (typeof object.nodeIp !== "string" || object.nodeIp.length)
                    message.nodeIp = $String(object.nodeIp);
            if (object.podIp != null)
                if (typeof object.podIp !== "string" || object.podIp.length)
                    message.podIp = $String(object.podIp);
            return message;
        };

        PodData.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.nodeIp = "";
                object.podIp = "";
            }
            if (message.nodeIp != null && $Object.hasOwnProperty.call(message, "nodeIp"))
                object.nodeIp = message.nodeIp;
            if (message.podIp != null && $Object.hasOwnProperty.call(message, "podIp"))
                object.podIp = message.podIp;
            return object;
        };

        PodData.prototype.toJSON = function() {
            return PodData.toObject(this, $protobuf.util.toJSONOptions);
        };

        return PodData;
    })();

    return p2p;
})();

export const persist = $root.persist = (() => {

    const persist = {};

    persist.Query = (function() {

        const Query = function (properties) {
            this.keysSchema = [];
            this.featureGroupSchema = [];
            this.data = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Query.prototype.entityLabel = "";
        Query.prototype.keysSchema = $util.emptyArray;
        Query.prototype.featureGroupSchema = $util.emptyArray;
        Query.prototype.data = $util.emptyArray;

        Query.create = function(properties) {
            return new Query(properties);
        };

        Query.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel") && message.entityLabel !== "")
                writer.uint32(10).string(message.entityLabel);
            if (message.keysSchema != null && message.keysSchema.length)
                for (let i = 0; i < message.keysSchema.length; ++i)
                    writer.uint32(18).string(message.keysSchema[i]);
            if (message.featureGroupSchema != null && message.featureGroupSchema.length)
                for (let i = 0; i < message.featureGroupSchema.length; ++i)
                    $root.persist.FeatureGroupSchema.encode(message.featureGroupSchema[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.data != null && message.data.length)
                for (let i = 0; i < message.data.length; ++i)
                    $root.persist.Data.encode(message.data[i], writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Query.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.persist.Query();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.entityLabel = value;
                        else
                            delete message.entityLabel;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keysSchema && message.keysSchema.length))
                            message.keysSchema = [];
                        message.keysSchema.push(reader.stringVerify());
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.featureGroupSchema && message.featureGroupSchema.length))
                            message.featureGroupSchema = [];
                        message.featureGroupSchema.push($root.persist.FeatureGroupSchema.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.data && message.data.length))
                            message.data = [];
                        message.data.push($root.persist.Data.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Query.fromObject = function (object, _depth) {
            if (object instanceof $root.persist.Query)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".persist.Query: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.persist.Query();
            if (object.entityLabel != null)
                if (typeof object.entityLabel !== "string" || object.entityLabel.length)
                    message.entityLabel = $String(object.entityLabel);
            if (object.keysSchema) {
                if (!$Array.isArray(object.keysSchema))
                    throw $TypeError(".persist.Query.keysSchema: array expected");
                message.keysSchema = $Array(object.keysSchema.length);
                for (let i = 0; i < object.keysSchema.length; ++i)
                    message.keysSchema[i] = $String(object.keysSchema[i]);
            }
            if (object.featureGroupSchema) {
                if (!$Array.isArray(object.featureGroupSchema))
                    throw $TypeError(".persist.Query.featureGroupSchema: array expected");
                message.featureGroupSchema = $Array(object.featureGroupSchema.length);
                for (let i = 0; i < object.featureGroupSchema.length; ++i) {
                    if (!$util.isObject(object.featureGroupSchema[i]))
                        throw $TypeError(".persist.Query.featureGroupSchema: object expected");
                    message.featureGroupSchema[i] = $root.persist.FeatureGroupSchema.fromObject(object.featureGroupSchema[i], _depth + 1);
                }
            }
            if (object.data) {
                if (!$Array.isArray(object.data))
                    throw $TypeError(".persist.Query.data: array expected");
                message.data = $Array(object.data.length);
                for (let i = 0; i < object.data.length; ++i) {
                    if (!$util.isObject(object.data[i]))
                        throw $TypeError(".persist.Query.data: object expected");
                    message.data[i] = $root.persist.Data.fromObject(object.data[i], _depth + 1);
                }
            }
            return message;
        };

        Query.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.keysSchema = [];
                object.featureGroupSchema = [];
                object.data = [];
            }
            if (options.defaults)
                object.entityLabel = "";
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel"))
                object.entityLabel = message.entityLabel;
            if (message.keysSchema && message.keysSchema.length) {
                object.keysSchema = $Array(message.keysSchema.length);
                for (let j = 0; j < message.keysSchema.length; ++j)
                    object.keysSchema[j] = message.keysSchema[j];
            }
            if (message.featureGroupSchema && message.featureGroupSchema.length) {
                object.featureGroupSchema = $Array(message.featureGroupSchema.length);
                for (let j = 0; j < message.featureGroupSchema.length; ++j)
                    object.featureGroupSchema[j] = $root.persist.FeatureGroupSchema.toObject(message.featureGroupSchema[j], options, _depth + 1);
            }
            if (message.data && message.data.length) {
                object.data = $Array(message.data.length);
                for (let j = 0; j < message.data.length; ++j)
                    object.data[j] = $root.persist.Data.toObject(message.data[j], options, _depth + 1);
            }
            return object;
        };

        Query.prototype.toJSON = function() {
            return Query.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Query;
    })();

    persist.FeatureGroupSchema = (function() {

        const FeatureGroupSchema = function (properties) {
            this.featureLabels = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        FeatureGroupSchema.prototype.label = "";
        FeatureGroupSchema.prototype.featureLabels = $util.emptyArray;

        FeatureGroupSchema.create = function(properties) {
            return new FeatureGroupSchema(properties);
        };

        FeatureGroupSchema.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.label != null && $Object.hasOwnProperty.call(message, "label") && message.label !== "")
                writer.uint32(10).string(message.label);
            if (message.featureLabels != null && message.featureLabels.length)
                for (let i = 0; i < message.featureLabels.length; ++i)
                    writer.uint32(18).string(message.featureLabels[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        FeatureGroupSchema.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.persist.FeatureGroupSchema();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.label = value;
                        else
                            delete message.label;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.featureLabels && message.featureLabels.length))
                            message.featureLabels = [];
                        message.featureLabels.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        FeatureGroupSchema.fromObject = function (object, _depth) {
            if (object instanceof $root.persist.FeatureGroupSchema)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".persist.FeatureGroupSchema: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.persist.FeatureGroupSchema();
            if (object.label != null)
                if (typeof object.label !== "string" || object.label.length)
                    message.label = $String(object.label);
            if (object.featureLabels) {
                if (!$Array.isArray(object.featureLabels))
                    throw $TypeError(".persist.FeatureGroupSchema.featureLabels: array expected");
                message.featureLabels = $Array(object.featureLabels.length);
                for (let i = 0; i < object.featureLabels.length; ++i)
                    message.featureLabels[i] = $String(object.featureLabels[i]);
            }
            return message;
        };

        FeatureGroupSchema.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.featureLabels = [];
            if (options.defaults)
                object.label = "";
            if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                object.label = message.label;
            if (message.featureLabels && message.featureLabels.length) {
                object.featureLabels = $Array(message.featureLabels.length);
                for (let j = 0; j < message.featureLabels.length; ++j)
                    object.featureLabels[j] = message.featureLabels[j];
            }
            return object;
        };

        FeatureGroupSchema.prototype.toJSON = function() {
            return FeatureGroupSchema.toObject(this, $protobuf.util.toJSONOptions);
        };

        return FeatureGroupSchema;
    })();

    persist.Data = (function() {

        const Data = function (properties) {
            this.keyValues = [];
            this.featureValues = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Data.prototype.keyValues = $util.emptyArray;
        Data.prototype.featureValues = $util.emptyArray;

        Data.create = function(properties) {
            return new Data(properties);
        };

        Data.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.keyValues != null && message.keyValues.length)
                for (let i = 0; i < message.keyValues.length; ++i)
                    writer.uint32(10).string(message.keyValues[i]);
            if (message.featureValues != null && message.featureValues.length)
                for (let i = 0; i < message.featureValues.length; ++i)
                    $root.persist.FeatureValues.encode(message.featureValues[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Data.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.persist.Data();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keyValues && message.keyValues.length))
                            message.keyValues = [];
                        message.keyValues.push(reader.stringVerify());
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.featureValues && message.featureValues.length))
                            message.featureValues = [];
                        message.featureValues.push($root.persist.FeatureValues.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Data.fromObject = function (object, _depth) {
            if (object instanceof $root.persist.Data)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".persist.Data: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.persist.Data();
            if (object.keyValues) {
                if (!$Array.isArray(object.keyValues))
                    throw $TypeError(".persist.Data.keyValues: array expected");
                message.keyValues = $Array(object.keyValues.length);
                for (let i = 0; i < object.keyValues.length; ++i)
                    message.keyValues[i] = $String(object.keyValues[i]);
            }
            if (object.featureValues) {
                if (!$Array.isArray(object.featureValues))
                    throw $TypeError(".persist.Data.featureValues: array expected");
                message.featureValues = $Array(object.featureValues.length);
                for (let i = 0; i < object.featureValues.length; ++i) {
                    if (!$util.isObject(object.featureValues[i]))
                        throw $TypeError(".persist.Data.featureValues: object expected");
                    message.featureValues[i] = $root.persist.FeatureValues.fromObject(object.featureValues[i], _depth + 1);
                }
            }
            return message;
        };

        Data.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.keyValues = [];
                object.featureValues = [];
            }
            if (message.keyValues && message.keyValues.length) {
                object.keyValues = $Array(message.keyValues.length);
                for (let j = 0; j < message.keyValues.length; ++j)
                    object.keyValues[j] = message.keyValues[j];
            }
            if (message.featureValues && message.featureValues.length) {
                object.featureValues = $Array(message.featureValues.length);
                for (let j = 0; j < message.featureValues.length; ++j)
                    object.featureValues[j] = $root.persist.FeatureValues.toObject(message.featureValues[j], options, _depth + 1);
            }
            return object;
        };

        Data.prototype.toJSON = function() {
            return Data.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Data;
    })();

    persist.FeatureValues = (function() {

        const FeatureValues = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        FeatureValues.prototype.values = null;

        FeatureValues.create = function(properties) {
            return new FeatureValues(properties);
        };

        FeatureValues.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.values != null && $Object.hasOwnProperty.call(message, "values"))
                $root.persist.Values.encode(message.values, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        FeatureValues.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.persist.FeatureValues();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.values = $root.persist.Values.decode(reader, reader.size(), $undefined, _depth + 1, message.values);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        FeatureValues.fromObject = function (object, _depth) {
            if (object instanceof $root.persist.FeatureValues)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".persist.FeatureValues: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.persist.FeatureValues();
            if (object.values != null) {
                if (!$util.isObject(object.values))
                    throw $TypeError(".persist.FeatureValues.values: object expected");
                message.values = $root.persist.Values.fromObject(object.values, _depth + 1);
            }
            return message;
        };

        FeatureValues.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.values = null;
            if (message.values != null && $Object.hasOwnProperty.call(message, "values"))
                object.values = $root.persist.Values.toObject(message.values, options, _depth + 1);
            return object;
        };

        FeatureValues.prototype.toJSON = function() {
            return FeatureValues.toObject(this, $protobuf.util.toJSONOptions);
        };

        return FeatureValues;
    })();

    persist.Vector = (function() {

        const Vector = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Vector.prototype.values = null;

        Vector.create = function(properties) {
            return new Vector(properties);
        };

        Vector.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.values != null && $Object.hasOwnProperty.call(message, "values"))
                $root.persist.Values.encode(message.values, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Vector.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.persist.Vector();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.values = $root.persist.Values.decode(reader, reader.size(), $undefined, _depth + 1, message.values);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Vector.fromObject = function (object, _depth) {
            if (object instanceof $root.persist.Vector)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".persist.Vector: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.persist.Vector();
            if (object.values != null) {
                if (!$util.isObject(object.values))
                    throw $TypeError(".persist.Vector.values: object expected");
                message.values = $root.persist.Values.fromObject(object.values, _depth + 1);
            }
            return message;
        };

        Vector.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.values = null;
            if (message.values != null && $Object.hasOwnProperty.call(message, "values"))
                object.values = $root.persist.Values.toObject(message.values, options, _depth + 1);
            return object;
        };

        Vector.prototype.toJSON = function() {
            return Vector.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Vector;
    })();

    persist.Values = (function() {

        const Values = function (properties) {
            this.fp32Values = [];
            this.fp64Values = [];
            this.int32Values = [];
            this.int64Values = [];
            this.uint32Values = [];
            this.uint64Values = [];
            this.stringValues = [];
            this.boolValues = [];
            this.vector = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Values.prototype.fp32Values = $util.emptyArray;
        Values.prototype.fp64Values = $util.emptyArray;
        Values.prototype.int32Values = $util.emptyArray;
        Values.prototype.int64Values = $util.emptyArray;
        Values.prototype.uint32Values = $util.emptyArray;
        Values.prototype.uint64Values = $util.emptyArray;
        Values.prototype.stringValues = $util.emptyArray;
        Values.prototype.boolValues = $util.emptyArray;
        Values.prototype.vector = $util.emptyArray;

        Values.create = function(properties) {
            return new Values(properties);
        };

        Values.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.fp32Values != null && message.fp32Values.length)
                writer.uint32(10).doubles(message.fp32Values);
            if (message.fp64Values != null && message.fp64Values.length)
                writer.uint32(18).doubles(message.fp64Values);
            if (message.int32Values != null && message.int32Values.length)
                writer.uint32(26).int32s(message.int32Values);
            if (message.int64Values != null && message.int64Values.length)
                writer.uint32(34).int64s(message.int64Values);
            if (message.uint32Values != null && message.uint32Values.length)
                writer.uint32(42).uint32s(message.uint32Values);
            if (message.uint64Values != null && message.uint64Values.length)
                writer.uint32(50).uint64s(message.uint64Values);
            if (message.stringValues != null && message.stringValues.length)
                for (let i = 0; i < message.stringValues.length; ++i)
                    writer.uint32(58).string(message.stringValues[i]);
            if (message.boolValues != null && message.boolValues.length)
                writer.uint32(66).bools(message.boolValues);
            if (message.vector != null && message.vector.length)
                for (let i = 0; i < message.vector.length; ++i)
                    $root.persist.Vector.encode(message.vector[i], writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Values.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.persist.Values();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType === 2) {
                            if (!(message.fp32Values && message.fp32Values.length))
                                message.fp32Values = [];
                            reader.doubles(message.fp32Values);
                            continue;
                        }
                        if (wireType !== 1)
                            break;
                        if (!(message.fp32Values && message.fp32Values.length))
                            message.fp32Values = [];
                        message.fp32Values.push(reader.double());
                        continue;
                    }
                case 2: {
                        if (wireType === 2) {
                            if (!(message.fp64Values && message.fp64Values.length))
                                message.fp64Values = [];
                            reader.doubles(message.fp64Values);
                            continue;
                        }
                        if (wireType !== 1)
                            break;
                        if (!(message.fp64Values && message.fp64Values.length))
                            message.fp64Values = [];
                        message.fp64Values.push(reader.double());
                        continue;
                    }
                case 3: {
                        if (wireType === 2) {
                            if (!(message.int32Values && message.int32Values.length))
                                message.int32Values = [];
                            reader.int32s(message.int32Values);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.int32Values && message.int32Values.length))
                            message.int32Values = [];
                        message.int32Values.push(reader.int32());
                        continue;
                    }
                case 4: {
                        if (wireType === 2) {
                            if (!(message.int64Values && message.int64Values.length))
                                message.int64Values = [];
                            reader.int64s(message.int64Values);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.int64Values && message.int64Values.length))
                            message.int64Values = [];
                        message.int64Values.push(reader.int64());
                        continue;
                    }
                case 5: {
                        if (wireType === 2) {
                            if (!(message.uint32Values && message.uint32Values.length))
                                message.uint32Values = [];
                            reader.uint32s(message.uint32Values);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.uint32Values && message.uint32Values.length))
                            message.uint32Values = [];
                        message.uint32Values.push(reader.uint32());
                        continue;
                    }
                case 6: {
                        if (wireType === 2) {
                            if (!(message.uint64Values && message.uint64Values.length))
                                message.uint64Values = [];
                            reader.uint64s(message.uint64Values);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.uint64Values && message.uint64Values.length))
                            message.uint64Values = [];
                        message.uint64Values.push(reader.uint64());
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (!(message.stringValues && message.stringValues.length))
                            message.stringValues = [];
                        message.stringValues.push(reader.stringVerify());
                        continue;
                    }
                case 8: {
                        if (wireType === 2) {
                            if (!(message.boolValues && message.boolValues.length))
                                message.boolValues = [];
                            reader.bools(message.boolValues);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.boolValues && message.boolValues.length))
                            message.boolValues = [];
                        message.boolValues.push(reader.bool());
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.vector && message.vector.length))
                            message.vector = [];
                        message.vector.push($root.persist.Vector.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Values.fromObject = function (object, _depth) {
            if (object instanceof $root.persist.Values)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".persist.Values: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.persist.Values();
            if (object.fp32Values) {
                if (!$Array.isArray(object.fp32Values))
                    throw $TypeError(".persist.Values.fp32Values: array expected");
                message.fp32Values = $Array(object.fp32Values.length);
                for (let i = 0; i < object.fp32Values.length; ++i)
                    message.fp32Values[i] = $Number(object.fp32Values[i]);
            }
            if (object.fp64Values) {
                if (!$Array.isArray(object.fp64Values))
                    throw $TypeError(".persist.Values.fp64Values: array expected");
                message.fp64Values = $Array(object.fp64Values.length);
                for (let i = 0; i < object.fp64Values.length; ++i)
                    message.fp64Values[i] = $Number(object.fp64Values[i]);
            }
            if (object.int32Values) {
                if (!$Array.isArray(object.int32Values))
                    throw $TypeError(".persist.Values.int32Values: array expected");
                message.int32Values = $Array(object.int32Values.length);
                for (let i = 0; i < object.int32Values.length; ++i)
                    message.int32Values[i] = object.int32Values[i] | 0;
            }
            if (object.int64Values) {
                if (!$Array.isArray(object.int64Values))
                    throw $TypeError(".persist.Values.int64Values: array expected");
                message.int64Values = $Array(object.int64Values.length);
                for (let i = 0; i < object.int64Values.length; ++i)
                    if ($util.Long)
                        message.int64Values[i] = $util.Long.fromValue(object.int64Values[i], false);
                    else if (typeof object.int64Values[i] === "string")
                        message.int64Values[i] = $parseInt(object.int64Values[i], 10);
                    else if (typeof object.int64Values[i] === "number")
                        message.int64Values[i] = object.int64Values[i];
                    else if (typeof object.int64Values[i] === "object")
                        message.int64Values[i] = new $util.LongBits(object.int64Values[i].low >>> 0, object.int64Values[i].high >>> 0).toNumber();
            }
            if (object.uint32Values) {
                if (!$Array.isArray(object.uint32Values))
                    throw $TypeError(".persist.Values.uint32Values: array expected");
                message.uint32Values = $Array(object.uint32Values.length);
                for (let i = 0; i < object.uint32Values.length; ++i)
                    message.uint32Values[i] = object.uint32Values[i] >>> 0;
            }
            if (object.uint64Values) {
                if (!$Array.isArray(object.uint64Values))
                    throw $TypeError(".persist.Values.uint64Values: array expected");
                message.uint64Values = $Array(object.uint64Values.length);
                for (let i = 0; i < object.uint64Values.length; ++i)
                    if ($util.Long)
                        message.uint64Values[i] = $util.Long.fromValue(object.uint64Values[i], true);
                    else if (typeof object.uint64Values[i] === "string")
                        message.uint64Values[i] = $parseInt(object.uint64Values[i], 10);
                    else if (typeof object.uint64Values[i] === "number")
                        message.uint64Values[i] = object.uint64Values[i];
                    else if (typeof object.uint64Values[i] === "object")
                        message.uint64Values[i] = new $util.LongBits(object.uint64Values[i].low >>> 0, object.uint64Values[i].high >>> 0).toNumber(true);
            }
            if (object.stringValues) {
                if (!$Array.isArray(object.stringValues))
                    throw $TypeError(".persist.Values.stringValues: array expected");
                message.stringValues = $Array(object.stringValues.length);
                for (let i = 0; i < object.stringValues.length; ++i)
                    message.stringValues[i] = $String(object.stringValues[i]);
            }
            if (object.boolValues) {
                if (!$Array.isArray(object.boolValues))
                    throw $TypeError(".persist.Values.boolValues: array expected");
                message.boolValues = $Array(object.boolValues.length);
                for (let i = 0; i < object.boolValues.length; ++i)
                    message.boolValues[i] = $Boolean(object.boolValues[i]);
            }
            if (object.vector) {
                if (!$Array.isArray(object.vector))
                    throw $TypeError(".persist.Values.vector: array expected");
                message.vector = $Array(object.vector.length);
                for (let i = 0; i < object.vector.length; ++i) {
                    if (!$util.isObject(object.vector[i]))
                        throw $TypeError(".persist.Values.vector: object expected");
                    message.vector[i] = $root.persist.Vector.fromObject(object.vector[i], _depth + 1);
                }
            }
            return message;
        };

        Values.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.fp32Values = [];
                object.fp64Values = [];
                object.int32Values = [];
                object.int64Values = [];
                object.uint32Values = [];
                object.uint64Values = [];
                object.stringValues = [];
                object.boolValues = [];
                object.vector = [];
            }
            if (message.fp32Values && message.fp32Values.length) {
                object.fp32Values = $Array(message.fp32Values.length);
                for (let j = 0; j < message.fp32Values.length; ++j)
                    object.fp32Values[j] = options.json && !$isFinite(message.fp32Values[j]) ? $String(message.fp32Values[j]) : message.fp32Values[j];
            }
            if (message.fp64Values && message.fp64Values.length) {
                object.fp64Values = $Array(message.fp64Values.length);
                for (let j = 0; j < message.fp64Values.length; ++j)
                    object.fp64Values[j] = options.json && !$isFinite(message.fp64Values[j]) ? $String(message.fp64Values[j]) : message.fp64Values[j];
            }
            if (message.int32Values && message.int32Values.length) {
                object.int32Values = $Array(message.int32Values.length);
                for (let j = 0; j < message.int32Values.length; ++j)
                    object.int32Values[j] = message.int32Values[j];
            }
            if (message.int64Values && message.int64Values.length) {
                object.int64Values = $Array(message.int64Values.length);
                for (let j = 0; j < message.int64Values.length; ++j)
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.int64Values[j] = typeof message.int64Values[j] === "number" ? $BigInt(message.int64Values[j]) : $util.Long.fromBits(message.int64Values[j].low >>> 0, message.int64Values[j].high >>> 0, false).toBigInt();
                    else if (typeof message.int64Values[j] === "number")
                        object.int64Values[j] = options.longs === $String ? $String(message.int64Values[j]) : message.int64Values[j];
                    else
                        object.int64Values[j] = options.longs === $String ? $util.Long.prototype.toString.call(message.int64Values[j]) : options.longs === $Number ? new $util.LongBits(message.int64Values[j].low >>> 0, message.int64Values[j].high >>> 0).toNumber() : message.int64Values[j];
            }
            if (message.uint32Values && message.uint32Values.length) {
                object.uint32Values = $Array(message.uint32Values.length);
                for (let j = 0; j < message.uint32Values.length; ++j)
                    object.uint32Values[j] = message.uint32Values[j];
            }
            if (message.uint64Values && message.uint64Values.length) {
                object.uint64Values = $Array(message.uint64Values.length);
                for (let j = 0; j < message.uint64Values.length; ++j)
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.uint64Values[j] = typeof message.uint64Values[j] === "number" ? $BigInt(message.uint64Values[j]) : $util.Long.fromBits(message.uint64Values[j].low >>> 0, message.uint64Values[j].high >>> 0, true).toBigInt();
                    else if (typeof message.uint64Values[j] === "number")
                        object.uint64Values[j] = options.longs === $String ? $String(message.uint64Values[j]) : message.uint64Values[j];
                    else
                        object.uint64Values[j] = options.longs === $String ? $util.Long.prototype.toString.call(message.uint64Values[j]) : options.longs === $Number ? new $util.LongBits(message.uint64Values[j].low >>> 0, message.uint64Values[j].high >>> 0).toNumber(true) : message.uint64Values[j];
            }
            if (message.stringValues && message.stringValues.length) {
                object.stringValues = $Array(message.stringValues.length);
                for (let j = 0; j < message.stringValues.length; ++j)
                    object.stringValues[j] = message.stringValues[j];
            }
            if (message.boolValues && message.boolValues.length) {
                object.boolValues = $Array(message.boolValues.length);
                for (let j = 0; j < message.boolValues.length; ++j)
                    object.boolValues[j] = message.boolValues[j];
            }
            if (message.vector && message.vector.length) {
                object.vector = $Array(message.vector.length);
                for (let j = 0; j < message.vector.length; ++j)
                    object.vector[j] = $root.persist.Vector.toObject(message.vector[j], options, _depth + 1);
            }
            return object;
        };

        Values.prototype.toJSON = function() {
            return Values.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Values;
    })();

    persist.Result = (function() {

        const Result = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Result.prototype.message = "";

        Result.create = function(properties) {
            return new Result(properties);
        };

        Result.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                writer.uint32(18).string(message.message);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Result.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.persist.Result();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.message = value;
                        else
                            delete message.message;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Result.fromObject = function (object, _depth) {
            if (object instanceof $root.persist.Result)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".persist.Result: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.persist.Result();
            if (object.message != null)
                if (typeof object.message !== "string" || object.message.length)
                    message.message = $String(object.message);
            return message;
        };

        Result.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.message = "";
            if (message.message != null && $Object.hasOwnProperty.call(message, "message"))
                object.message = message.message;
            return object;
        };

        Result.prototype.toJSON = function() {
            return Result.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Result;
    })();

    return persist;
})();

export const retrieve = $root.retrieve = (() => {

    const retrieve = {};

    retrieve.Query = (function() {

        const Query = function (properties) {
            this.featureGroups = [];
            this.keysSchema = [];
            this.keys = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Query.prototype.entityLabel = "";
        Query.prototype.featureGroups = $util.emptyArray;
        Query.prototype.keysSchema = $util.emptyArray;
        Query.prototype.keys = $util.emptyArray;

        Query.create = function(properties) {
            return new Query(properties);
        };

        Query.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel") && message.entityLabel !== "")
                writer.uint32(10).string(message.entityLabel);
            if (message.featureGroups != null && message.featureGroups.length)
                for (let i = 0; i < message.featureGroups.length; ++i)
                    $root.retrieve.FeatureGroup.encode(message.featureGroups[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.keysSchema != null && message.keysSchema.length)
                for (let i = 0; i < message.keysSchema.length; ++i)
                    writer.uint32(26).string(message.keysSchema[i]);
            if (message.keys != null && message.keys.length)
                for (let i = 0; i < message.keys.length; ++i)
                    $root.retrieve.Keys.encode(message.keys[i], writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Query.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.retrieve.Query();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.entityLabel = value;
                        else
                            delete message.entityLabel;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.featureGroups && message.featureGroups.length))
                            message.featureGroups = [];
                        message.featureGroups.push($root.retrieve.FeatureGroup.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keysSchema && message.keysSchema.length))
                            message.keysSchema = [];
                        message.keysSchema.push(reader.stringVerify());
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keys && message.keys.length))
                            message.keys = [];
                        message.keys.push($root.retrieve.Keys.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Query.fromObject = function (object, _depth) {
            if (object instanceof $root.retrieve.Query)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".retrieve.Query: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.retrieve.Query();
            if (object.entityLabel != null)
                if (typeof object.entityLabel !== "string" || object.entityLabel.length)
                    message.entityLabel = $String(object.entityLabel);
            if (object.featureGroups) {
                if (!$Array.isArray(object.featureGroups))
                    throw $TypeError(".retrieve.Query.featureGroups: array expected");
                message.featureGroups = $Array(object.featureGroups.length);
                for (let i = 0; i < object.featureGroups.length; ++i) {
                    if (!$util.isObject(object.featureGroups[i]))
                        throw $TypeError(".retrieve.Query.featureGroups: object expected");
                    message.featureGroups[i] = $root.retrieve.FeatureGroup.fromObject(object.featureGroups[i], _depth + 1);
                }
            }
            if (object.keysSchema) {
                if (!$Array.isArray(object.keysSchema))
                    throw $TypeError(".retrieve.Query.keysSchema: array expected");
                message.keysSchema = $Array(object.keysSchema.length);
                for (let i = 0; i < object.keysSchema.length; ++i)
                    message.keysSchema[i] = $String(object.keysSchema[i]);
            }
            if (object.keys) {
                if (!$Array.isArray(object.keys))
                    throw $TypeError(".retrieve.Query.keys: array expected");
                message.keys = $Array(object.keys.length);
                for (let i = 0; i < object.keys.length; ++i) {
                    if (!$util.isObject(object.keys[i]))
                        throw $TypeError(".retrieve.Query.keys: object expected");
                    message.keys[i] = $root.retrieve.Keys.fromObject(object.keys[i], _depth + 1);
                }
            }
            return message;
        };

        Query.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.featureGroups = [];
                object.keysSchema = [];
                object.keys = [];
            }
            if (options.defaults)
                object.entityLabel = "";
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel"))
                object.entityLabel = message.entityLabel;
            if (message.featureGroups && message.featureGroups.length) {
                object.featureGroups = $Array(message.featureGroups.length);
                for (let j = 0; j < message.featureGroups.length; ++j)
                    object.featureGroups[j] = $root.retrieve.FeatureGroup.toObject(message.featureGroups[j], options, _depth + 1);
            }
            if (message.keysSchema && message.keysSchema.length) {
                object.keysSchema = $Array(message.keysSchema.length);
                for (let j = 0; j < message.keysSchema.length; ++j)
                    object.keysSchema[j] = message.keysSchema[j];
            }
            if (message.keys && message.keys.length) {
                object.keys = $Array(message.keys.length);
                for (let j = 0; j < message.keys.length; ++j)
                    object.keys[j] = $root.retrieve.Keys.toObject(message.keys[j], options, _depth + 1);
            }
            return object;
        };

        Query.prototype.toJSON = function() {
            return Query.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Query;
    })();

    retrieve.Keys = (function() {

        const Keys = function (properties) {
            this.cols = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Keys.prototype.cols = $util.emptyArray;

        Keys.create = function(properties) {
            return new Keys(properties);
        };

        Keys.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.cols != null && message.cols.length)
                for (let i = 0; i < message.cols.length; ++i)
                    writer.uint32(10).string(message.cols[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Keys.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.retrieve.Keys();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.cols && message.cols.length))
                            message.cols = [];
                        message.cols.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Keys.fromObject = function (object, _depth) {
            if (object instanceof $root.retrieve.Keys)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".retrieve.Keys: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.retrieve.Keys();
            if (object.cols) {
                if (!$Array.isArray(object.cols))
                    throw $TypeError(".retrieve.Keys.cols: array expected");
                message.cols = $Array(object.cols.length);
                for (let i = 0; i < object.cols.length; ++i)
                    message.cols[i] = $String(object.cols[i]);
            }
            return message;
        };

        Keys.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.cols = [];
            if (message.cols && message.cols.length) {
                object.cols = $Array(message.cols.length);
                for (let j = 0; j < message.cols.length; ++j)
                    object.cols[j] = message.cols[j];
            }
            return object;
        };

        Keys.prototype.toJSON = function() {
            return Keys.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Keys;
    })();

    retrieve.FeatureGroup = (function() {

        const FeatureGroup = function (properties) {
            this.featureLabels = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        FeatureGroup.prototype.label = "";
        FeatureGroup.prototype.featureLabels = $util.emptyArray;

        FeatureGroup.create = function(properties) {
            return new FeatureGroup(properties);
        };

        FeatureGroup.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.label != null && $Object.hasOwnProperty.call(message, "label") && message.label !== "")
                writer.uint32(10).string(message.label);
            if (message.featureLabels != null && message.featureLabels.length)
                for (let i = 0; i < message.featureLabels.length; ++i)
                    writer.uint32(18).string(message.featureLabels[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        FeatureGroup.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.retrieve.FeatureGroup();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.label = value;
                        else
                            delete message.label;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.featureLabels && message.featureLabels.length))
                            message.featureLabels = [];
                        message.featureLabels.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        FeatureGroup.fromObject = function (object, _depth) {
            if (object instanceof $root.retrieve.FeatureGroup)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".retrieve.FeatureGroup: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.retrieve.FeatureGroup();
            if (object.label != null)
                if (typeof object.label !== "string" || object.label.length)
                    message.label = $String(object.label);
            if (object.featureLabels) {
                if (!$Array.isArray(object.featureLabels))
                    throw $TypeError(".retrieve.FeatureGroup.featureLabels: array expected");
                message.featureLabels = $Array(object.featureLabels.length);
                for (let i = 0; i < object.featureLabels.length; ++i)
                    message.featureLabels[i] = $String(object.featureLabels[i]);
            }
            return message;
        };

        FeatureGroup.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.featureLabels = [];
            if (options.defaults)
                object.label = "";
            if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                object.label = message.label;
            if (message.featureLabels && message.featureLabels.length) {
                object.featureLabels = $Array(message.featureLabels.length);
                for (let j = 0; j < message.featureLabels.length; ++j)
                    object.featureLabels[j] = message.featureLabels[j];
            }
            return object;
        };

        FeatureGroup.prototype.toJSON = function() {
            return FeatureGroup.toObject(this, $protobuf.util.toJSONOptions);
        };

        return FeatureGroup;
    })();

    retrieve.Feature = (function() {

        const Feature = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Feature.prototype.label = "";
        Feature.prototype.columnIdx = 0;

        Feature.create = function(properties) {
            return new Feature(properties);
        };

        Feature.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.label != null && $Object.hasOwnProperty.call(message, "label") && message.label !== "")
                writer.uint32(10).string(message.label);
            if (message.columnIdx != null && $Object.hasOwnProperty.call(message, "columnIdx") && message.columnIdx !== 0)
                writer.uint32(16).int32(message.columnIdx);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Feature.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.retrieve.Feature();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.label = value;
                        else
                            delete message.label;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.columnIdx = value;
                        else
                            delete message.columnIdx;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Feature.fromObject = function (object, _depth) {
            if (object instanceof $root.retrieve.Feature)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".retrieve.Feature: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.retrieve.Feature();
            if (object.label != null)
                if (typeof object.label !== "string" || object.label.length)
                    message.label = $String(object.label);
            if (object.columnIdx != null)
                if ($Number(object.columnIdx) !== 0)
                    message.columnIdx = object.columnIdx | 0;
            return message;
        };

        Feature.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.label = "";
                object.columnIdx = 0;
            }
            if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                object.label = message.label;
            if (message.columnIdx != null && $Object.hasOwnProperty.call(message, "columnIdx"))
                object.columnIdx = message.columnIdx;
            return object;
        };

        Feature.prototype.toJSON = function() {
            return Feature.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Feature;
    })();

    retrieve.FeatureSchema = (function() {

        const FeatureSchema = function (properties) {
            this.features = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        FeatureSchema.prototype.featureGroupLabel = "";
        FeatureSchema.prototype.features = $util.emptyArray;

        FeatureSchema.create = function(properties) {
            return new FeatureSchema(properties);
        };

        FeatureSchema.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.featureGroupLabel != null && $Object.hasOwnProperty.call(message, "featureGroupLabel") && message.featureGroupLabel !== "")
                writer.uint32(10).string(message.featureGroupLabel);
            if (message.features != null && message.features.length)
                for (let i = 0; i < message.features.length; ++i)
                    $root.retrieve.Feature.encode(message.features[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        FeatureSchema.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.retrieve.FeatureSchema();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.featureGroupLabel = value;
                        else
                            delete message.featureGroupLabel;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.features && message.features.length))
                            message.features = [];
                        message.features.push($root.retrieve.Feature.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        FeatureSchema.fromObject = function (object, _depth) {
            if (object instanceof $root.retrieve.FeatureSchema)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".retrieve.FeatureSchema: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.retrieve.FeatureSchema();
            if (object.featureGroupLabel != null)
                if (typeof object.featureGroupLabel !== "string" || object.featureGroupLabel.length)
                    message.featureGroupLabel = $String(object.featureGroupLabel);
            if (object.features) {
                if (!$Array.isArray(object.features))
                    throw $TypeError(".retrieve.FeatureSchema.features: array expected");
                message.features = $Array(object.features.length);
                for (let i = 0; i < object.features.length; ++i) {
                    if (!$util.isObject(object.features[i]))
                        throw $TypeError(".retrieve.FeatureSchema.features: object expected");
                    message.features[i] = $root.retrieve.Feature.fromObject(object.features[i], _depth + 1);
                }
            }
            return message;
        };

        FeatureSchema.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.features = [];
            if (options.defaults)
                object.featureGroupLabel = "";
            if (message.featureGroupLabel != null && $Object.hasOwnProperty.call(message, "featureGroupLabel"))
                object.featureGroupLabel = message.featureGroupLabel;
            if (message.features && message.features.length) {
                object.features = $Array(message.features.length);
                for (let j = 0; j < message.features.length; ++j)
                    object.features[j] = $root.retrieve.Feature.toObject(message.features[j], options, _depth + 1);
            }
            return object;
        };

        FeatureSchema.prototype.toJSON = function() {
            return FeatureSchema.toObject(this, $protobuf.util.toJSONOptions);
        };

        return FeatureSchema;
    })();

    retrieve.Row = (function() {

        const Row = function (properties) {
            this.keys = [];
            this.columns = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Row.prototype.keys = $util.emptyArray;
        Row.prototype.columns = $util.emptyArray;

        Row.create = function(properties) {
            return new Row(properties);
        };

        Row.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.keys != null && message.keys.length)
                for (let i = 0; i < message.keys.length; ++i)
                    writer.uint32(10).string(message.keys[i]);
            if (message.columns != null && message.columns.length)
                for (let i = 0; i < message.columns.length; ++i)
                    writer.uint32(18).bytes(message.columns[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Row.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.retrieve.Row();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keys && message.keys.length))
                            message.keys = [];
                        message.keys.push(reader.stringVerify());
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.columns && message.columns.length))
                            message.columns = [];
                        message.columns.push(reader.bytes());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Row.fromObject = function (object, _depth) {
            if (object instanceof $root.retrieve.Row)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".retrieve.Row: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.retrieve.Row();
            if (object.keys) {
                if (!$Array.isArray(object.keys))
                    throw $TypeError(".retrieve.Row.keys: array expected");
                message.keys = $Array(object.keys.length);
                for (let i = 0; i < object.keys.length; ++i)
                    message.keys[i] = $String(object.keys[i]);
            }
            if (object.columns) {
                if (!$Array.isArray(object.columns))
                    throw $TypeError(".retrieve.Row.columns: array expected");
                message.columns = $Array(object.columns.length);
                for (let i = 0; i < object.columns.length; ++i)
                    if (typeof object.columns[i] === "string")
                        $util.base64.decode(object.columns[i], message.columns[i] = $util.newBuffer($util.base64.length(object.columns[i])), 0);
                    else if (object.columns[i].length >= 0)
                        message.columns[i] = object.columns[i];
            }
            return message;
        };

        Row.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.keys = [];
                object.columns = [];
            }
            if (message.keys && message.keys.length) {
                object.keys = $Array(message.keys.length);
                for (let j = 0; j < message.keys.length; ++j)
                    object.keys[j] = message.keys[j];
            }
            if (message.columns && message.columns.length) {
                object.columns = $Array(message.columns.length);
                for (let j = 0; j < message.columns.length; ++j)
                    object.columns[j] = options.bytes === $String ? $util.base64.encode(message.columns[j], 0, message.columns[j].length) : options.bytes === $Array ? $Array.prototype.slice.call(message.columns[j]) : message.columns[j];
            }
            return object;
        };

        Row.prototype.toJSON = function() {
            return Row.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Row;
    })();

    retrieve.Result = (function() {

        const Result = function (properties) {
            this.keysSchema = [];
            this.featureSchemas = [];
            this.rows = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Result.prototype.entityLabel = "";
        Result.prototype.keysSchema = $util.emptyArray;
        Result.prototype.featureSchemas = $util.emptyArray;
        Result.prototype.rows = $util.emptyArray;

        Result.create = function(properties) {
            return new Result(properties);
        };

        Result.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel") && message.entityLabel !== "")
                writer.uint32(10).string(message.entityLabel);
            if (message.keysSchema != null && message.keysSchema.length)
                for (let i = 0; i < message.keysSchema.length; ++i)
                    writer.uint32(18).string(message.keysSchema[i]);
            if (message.featureSchemas != null && message.featureSchemas.length)
                for (let i = 0; i < message.featureSchemas.length; ++i)
                    $root.retrieve.FeatureSchema.encode(message.featureSchemas[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.rows != null && message.rows.length)
                for (let i = 0; i < message.rows.length; ++i)
                    $root.retrieve.Row.encode(message.rows[i], writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Result.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.retrieve.Result();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.entityLabel = value;
                        else
                            delete message.entityLabel;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keysSchema && message.keysSchema.length))
                            message.keysSchema = [];
                        message.keysSchema.push(reader.stringVerify());
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.featureSchemas && message.featureSchemas.length))
                            message.featureSchemas = [];
                        message.featureSchemas.push($root.retrieve.FeatureSchema.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.rows && message.rows.length))
                            message.rows = [];
                        message.rows.push($root.retrieve.Row.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Result.fromObject = function (object, _depth) {
            if (object instanceof $root.retrieve.Result)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".retrieve.Result: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.retrieve.Result();
            if (object.entityLabel != null)
                if (typeof object.entityLabel !== "string" || object.entityLabel.length)
                    message.entityLabel = $String(object.entityLabel);
            if (object.keysSchema) {
                if (!$Array.isArray(object.keysSchema))
                    throw $TypeError(".retrieve.Result.keysSchema: array expected");
                message.keysSchema = $Array(object.keysSchema.length);
                for (let i = 0; i < object.keysSchema.length; ++i)
                    message.keysSchema[i] = $String(object.keysSchema[i]);
            }
            if (object.featureSchemas) {
                if (!$Array.isArray(object.featureSchemas))
                    throw $TypeError(".retrieve.Result.featureSchemas: array expected");
                message.featureSchemas = $Array(object.featureSchemas.length);
                for (let i = 0; i < object.featureSchemas.length; ++i) {
                    if (!$util.isObject(object.featureSchemas[i]))
                        throw $TypeError(".retrieve.Result.featureSchemas: object expected");
                    message.featureSchemas[i] = $root.retrieve.FeatureSchema.fromObject(object.featureSchemas[i], _depth + 1);
                }
            }
            if (object.rows) {
                if (!$Array.isArray(object.rows))
                    throw $TypeError(".retrieve.Result.rows: array expected");
                message.rows = $Array(object.rows.length);
                for (let i = 0; i < object.rows.length; ++i) {
                    if (!$util.isObject(object.rows[i]))
                        throw $TypeError(".retrieve.Result.rows: object expected");
                    message.rows[i] = $root.retrieve.Row.fromObject(object.rows[i], _depth + 1);
                }
            }
            return message;
        };

        Result.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.keysSchema = [];
                object.featureSchemas = [];
                object.rows = [];
            }
            if (options.defaults)
                object.entityLabel = "";
            if (message.entityLabel != null && $Object.hasOwnProperty.call(message, "entityLabel"))
                object.entityLabel = message.entityLabel;
            if (message.keysSchema && message.keysSchema.length) {
                object.keysSchema = $Array(message.keysSchema.length);
                for (let j = 0; j < message.keysSchema.length; ++j)
                    object.keysSchema[j] = message.keysSchema[j];
            }
            if (message.featureSchemas && message.featureSchemas.length) {
                object.featureSchemas = $Array(message.featureSchemas.length);
                for (let j = 0; j < message.featureSchemas.length; ++j)
                    object.featureSchemas[j] = $root.retrieve.FeatureSchema.toObject(message.featureSchemas[j], options, _depth + 1);
            }
            if (message.rows && message.rows.length) {
                object.rows = $Array(message.rows.length);
                for (let j = 0; j < message.rows.length; ++j)
                    object.rows[j] = $root.retrieve.Row.toObject(message.rows[j], options, _depth + 1);
            }
            return object;
        };

        Result.prototype.toJSON = function() {
            return Result.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Result;
    })();

    retrieve.DecodedRow = (function() {

        const DecodedRow = function (properties) {
            this.keys = [];
            this.columns = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DecodedRow.prototype.keys = $util.emptyArray;
        DecodedRow.prototype.columns = $util.emptyArray;

        DecodedRow.create = function(properties) {
            return new DecodedRow(properties);
        };

        DecodedRow.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.keys != null && message.keys.length)
                for (let i = 0; i < message.keys.length; ++i)
                    writer.uint32(10).string(message.keys[i]);
            if (message.columns != null && message.columns.length)
                for (let i = 0; i < message.columns.length; ++i)
                    writer.uint32(18).string(message.columns[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DecodedRow.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.retrieve.DecodedRow();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keys && message.keys.length))
                            message.keys = [];
                        message.keys.push(reader.stringVerify());
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.columns && message.columns.length))
                            message.columns = [];
                        message.columns.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        DecodedRow.fromObject = function (object, _depth) {
            if (object instanceof $root.retrieve.DecodedRow)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".retrieve.DecodedRow: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.retrieve.DecodedRow();
            if (object.keys) {
                if (!$Array.isArray(object.keys))
                    throw $TypeError(".retrieve.DecodedRow.keys: array expected");
                message.keys = $Array(object.keys.length);
                for (let i = 0; i < object.keys.length; ++i)
                    message.keys[i] = $String(object.keys[i]);
            }
            if (object.columns) {
                if (!$Array.isArray(object.columns))
                    throw $TypeError(".retrieve.DecodedRow.columns: array expected");
                message.columns = $Array(object.columns.length);
                for (let i = 0; i < object.columns.length; ++i)
                    message.columns[i] = $String(object.columns[i]);
            }
            return message;
        };

        DecodedRow.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.keys = [];
                object.columns = [];
            }
            if (message.keys && message.keys.length) {
                object.keys = $Array(message.keys.length);
                for (let j = 0; j < message.keys.length; ++j)
                    object.keys[j] = message.keys[j];
            }
            if (message.columns && message.columns.length) {
                object.columns = $Array(message.columns.length);
                for (let j = 0; j < message.columns.length; ++j)
                    object.columns[j] = message.columns[j];
            }
            return object;
        };

        DecodedRow.prototype.toJSON = function() {
            return DecodedRow.toObject(this, $protobuf.util.toJSONOptions);
        };

        return DecodedRow;
    })();

    retrieve.DecodedResult = (function() {

        const DecodedResult = function (properties) {
            this.keysSchema = [];
            this.featureSchemas = [];
            this.rows = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DecodedResult.prototype.keysSchema = $util.emptyArray;
        DecodedResult.prototype.featureSchemas = $util.emptyArray;
        DecodedResult.prototype.rows = $util.emptyArray;

        DecodedResult.create = function(properties) {
            return new DecodedResult(properties);
        };

        DecodedResult.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.keysSchema != null && message.keysSchema.length)
                for (let i = 0; i < message.keysSchema.length; ++i)
                    writer.uint32(10).string(message.keysSchema[i]);
            if (message.featureSchemas != null && message.featureSchemas.length)
                for (let i = 0; i < message.featureSchemas.length; ++i)
                    $root.retrieve.FeatureSchema.encode(message.featureSchemas[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.rows != null && message.rows.length)
                for (let i = 0; i < message.rows.length; ++i)
                    $root.retrieve.DecodedRow.encode(message.rows[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DecodedResult.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.retrieve.DecodedResult();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keysSchema && message.keysSchema.length))
                            message.keysSchema = [];
                        message.keysSchema.push(reader.stringVerify());
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.featureSchemas && message.featureSchemas.length))
                            message.featureSchemas = [];
                        message.featureSchemas.push($root.retrieve.FeatureSchema.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.rows && message.rows.length))
                            message.rows = [];
                        message.rows.push($root.retrieve.DecodedRow.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        DecodedResult.fromObject = function (object, _depth) {
            if (object instanceof $root.retrieve.DecodedResult)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".retrieve.DecodedResult: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.retrieve.DecodedResult();
            if (object.keysSchema) {
                if (!$Array.isArray(object.keysSchema))
                    throw $TypeError(".retrieve.DecodedResult.keysSchema: array expected");
                message.keysSchema = $Array(object.keysSchema.length);
                for (let i = 0; i < object.keysSchema.length; ++i)
                    message.keysSchema[i] = $String(object.keysSchema[i]);
            }
            if (object.featureSchemas) {
                if (!$Array.isArray(object.featureSchemas))
                    throw $TypeError(".retrieve.DecodedResult.featureSchemas: array expected");
                message.featureSchemas = $Array(object.featureSchemas.length);
                for (let i = 0; i < object.featureSchemas.length; ++i) {
                    if (!$util.isObject(object.featureSchemas[i]))
                        throw $TypeError(".retrieve.DecodedResult.featureSchemas: object expected");
                    message.featureSchemas[i] = $root.retrieve.FeatureSchema.fromObject(object.featureSchemas[i], _depth + 1);
                }
            }
            if (object.rows) {
                if (!$Array.isArray(object.rows))
                    throw $TypeError(".retrieve.DecodedResult.rows: array expected");
                message.rows = $Array(object.rows.length);
                for (let i = 0; i < object.rows.length; ++i) {
                    if (!$util.isObject(object.rows[i]))
                        throw $TypeError(".retrieve.DecodedResult.rows: object expected");
                    message.rows[i] = $root.retrieve.DecodedRow.fromObject(object.rows[i], _depth + 1);
                }
            }
            return message;
        };

        DecodedResult.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.keysSchema = [];
                object.featureSchemas = [];
                object.rows = [];
            }
            if (message.keysSchema && message.keysSchema.length) {
                object.keysSchema = $Array(message.keysSchema.length);
                for (let j = 0; j < message.keysSchema.length; ++j)
                    object.keysSchema[j] = message.keysSchema[j];
            }
            if (message.featureSchemas && message.featureSchemas.length) {
                object.featureSchemas = $Array(message.featureSchemas.length);
                for (let j = 0; j < message.featureSchemas.length; ++j)
                    object.featureSchemas[j] = $root.retrieve.FeatureSchema.toObject(message.featureSchemas[j], options, _depth + 1);
            }
            if (message.rows && message.rows.length) {
                object.rows = $Array(message.rows.length);
                for (let j = 0; j < message.rows.length; ++j)
                    object.rows[j] = $root.retrieve.DecodedRow.toObject(message.rows[j], options, _depth + 1);
            }
            return object;
        };

        DecodedResult.prototype.toJSON = function() {
            return DecodedResult.toObject(this, $protobuf.util.toJSONOptions);
        };

        return DecodedResult;
    })();

    return retrieve;
})();

export {
  $root as default
};
