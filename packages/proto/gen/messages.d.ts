import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace grpc. */
export namespace grpc {

    /** Namespace health. */
    namespace health {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of a HealthCheckRequest.
             * @deprecated Use grpc.health.v1.HealthCheckRequest.$Properties instead.
             */
            interface IHealthCheckRequest extends grpc.health.v1.HealthCheckRequest.$Properties {
            }

            /** Represents a HealthCheckRequest. */
            class HealthCheckRequest {

                /**
                 * Constructs a new HealthCheckRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.HealthCheckRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** HealthCheckRequest service. */
                service: string;

                /**
                 * Creates a new HealthCheckRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HealthCheckRequest instance
                 */
                static create(properties: grpc.health.v1.HealthCheckRequest.$Shape): grpc.health.v1.HealthCheckRequest & grpc.health.v1.HealthCheckRequest.$Shape;
                static create(properties?: grpc.health.v1.HealthCheckRequest.$Properties): grpc.health.v1.HealthCheckRequest;

                /**
                 * Encodes the specified HealthCheckRequest message. Does not implicitly {@link grpc.health.v1.HealthCheckRequest.verify|verify} messages.
                 * @param message HealthCheckRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.health.v1.HealthCheckRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthCheckRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.health.v1.HealthCheckRequest & grpc.health.v1.HealthCheckRequest.$Shape} HealthCheckRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthCheckRequest & grpc.health.v1.HealthCheckRequest.$Shape;

                /**
                 * Creates a HealthCheckRequest message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns HealthCheckRequest
                 */
                static fromObject(object: { [k: string]: any }): grpc.health.v1.HealthCheckRequest;

                /**
                 * Creates a plain object from a HealthCheckRequest message. Also converts values to other types if specified.
                 * @param message HealthCheckRequest
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: grpc.health.v1.HealthCheckRequest, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this HealthCheckRequest to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace HealthCheckRequest {

                /** Properties of a HealthCheckRequest. */
                interface $Properties {

                    /** HealthCheckRequest service */
                    service?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HealthCheckRequest. */
                type $Shape = grpc.health.v1.HealthCheckRequest.$Properties;
            }

            /**
             * Properties of a HealthCheckResponse.
             * @deprecated Use grpc.health.v1.HealthCheckResponse.$Properties instead.
             */
            interface IHealthCheckResponse extends grpc.health.v1.HealthCheckResponse.$Properties {
            }

            /** Represents a HealthCheckResponse. */
            class HealthCheckResponse {

                /**
                 * Constructs a new HealthCheckResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.HealthCheckResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** HealthCheckResponse status. */
                status: grpc.health.v1.HealthCheckResponse.ServingStatus;

                /**
                 * Creates a new HealthCheckResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HealthCheckResponse instance
                 */
                static create(properties: grpc.health.v1.HealthCheckResponse.$Shape): grpc.health.v1.HealthCheckResponse & grpc.health.v1.HealthCheckResponse.$Shape;
                static create(properties?: grpc.health.v1.HealthCheckResponse.$Properties): grpc.health.v1.HealthCheckResponse;

                /**
                 * Encodes the specified HealthCheckResponse message. Does not implicitly {@link grpc.health.v1.HealthCheckResponse.verify|verify} messages.
                 * @param message HealthCheckResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.health.v1.HealthCheckResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthCheckResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.health.v1.HealthCheckResponse & grpc.health.v1.HealthCheckResponse.$Shape} HealthCheckResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthCheckResponse & grpc.health.v1.HealthCheckResponse.$Shape;

                /**
                 * Creates a HealthCheckResponse message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns HealthCheckResponse
                 */
                static fromObject(object: { [k: string]: any }): grpc.health.v1.HealthCheckResponse;

                /**
                 * Creates a plain object from a HealthCheckResponse message. Also converts values to other types if specified.
                 * @param message HealthCheckResponse
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: grpc.health.v1.HealthCheckResponse, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this HealthCheckResponse to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace HealthCheckResponse {

                /** Properties of a HealthCheckResponse. */
                interface $Properties {

                    /** HealthCheckResponse status */
                    status?: (grpc.health.v1.HealthCheckResponse.ServingStatus|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HealthCheckResponse. */
                type $Shape = grpc.health.v1.HealthCheckResponse.$Properties;

                /** ServingStatus enum. */
                enum ServingStatus {

                    /** UNKNOWN value */
                    UNKNOWN = 0,

                    /** SERVING value */
                    SERVING = 1,

                    /** NOT_SERVING value */
                    NOT_SERVING = 2,

                    /** SERVICE_UNKNOWN value */
                    SERVICE_UNKNOWN = 3
                }
            }
        }
    }
}

/** Namespace ofs. */
export namespace ofs {

    /** Namespace v1. */
    namespace v1 {

        /**
         * Properties of a DescribeRequest.
         * @deprecated Use ofs.v1.DescribeRequest.$Properties instead.
         */
        interface IDescribeRequest extends ofs.v1.DescribeRequest.$Properties {
        }

        /** Represents a DescribeRequest. */
        class DescribeRequest {

            /**
             * Constructs a new DescribeRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.DescribeRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** DescribeRequest entityLabels. */
            entityLabels: string[];

            /**
             * Creates a new DescribeRequest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns DescribeRequest instance
             */
            static create(properties: ofs.v1.DescribeRequest.$Shape): ofs.v1.DescribeRequest & ofs.v1.DescribeRequest.$Shape;
            static create(properties?: ofs.v1.DescribeRequest.$Properties): ofs.v1.DescribeRequest;

            /**
             * Encodes the specified DescribeRequest message. Does not implicitly {@link ofs.v1.DescribeRequest.verify|verify} messages.
             * @param message DescribeRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.DescribeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a DescribeRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.DescribeRequest & ofs.v1.DescribeRequest.$Shape} DescribeRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.DescribeRequest & ofs.v1.DescribeRequest.$Shape;

            /**
             * Creates a DescribeRequest message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns DescribeRequest
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.DescribeRequest;

            /**
             * Creates a plain object from a DescribeRequest message. Also converts values to other types if specified.
             * @param message DescribeRequest
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.DescribeRequest, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this DescribeRequest to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace DescribeRequest {

            /** Properties of a DescribeRequest. */
            interface $Properties {

                /** DescribeRequest entityLabels */
                entityLabels?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a DescribeRequest. */
            type $Shape = ofs.v1.DescribeRequest.$Properties;
        }

        /**
         * Properties of a DescribeResult.
         * @deprecated Use ofs.v1.DescribeResult.$Properties instead.
         */
        interface IDescribeResult extends ofs.v1.DescribeResult.$Properties {
        }

        /** Represents a DescribeResult. */
        class DescribeResult {

            /**
             * Constructs a new DescribeResult.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.DescribeResult.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** DescribeResult registryRevision. */
            registryRevision: Long;

            /** DescribeResult entities. */
            entities: ofs.v1.EntitySchema.$Properties[];

            /**
             * Creates a new DescribeResult instance using the specified properties.
             * @param [properties] Properties to set
             * @returns DescribeResult instance
             */
            static create(properties: ofs.v1.DescribeResult.$Shape): ofs.v1.DescribeResult & ofs.v1.DescribeResult.$Shape;
            static create(properties?: ofs.v1.DescribeResult.$Properties): ofs.v1.DescribeResult;

            /**
             * Encodes the specified DescribeResult message. Does not implicitly {@link ofs.v1.DescribeResult.verify|verify} messages.
             * @param message DescribeResult message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.DescribeResult.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a DescribeResult message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.DescribeResult & ofs.v1.DescribeResult.$Shape} DescribeResult
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.DescribeResult & ofs.v1.DescribeResult.$Shape;

            /**
             * Creates a DescribeResult message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns DescribeResult
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.DescribeResult;

            /**
             * Creates a plain object from a DescribeResult message. Also converts values to other types if specified.
             * @param message DescribeResult
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.DescribeResult, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this DescribeResult to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace DescribeResult {

            /** Properties of a DescribeResult. */
            interface $Properties {

                /** DescribeResult registryRevision */
                registryRevision?: (Long|null);

                /** DescribeResult entities */
                entities?: (ofs.v1.EntitySchema.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a DescribeResult. */
            type $Shape = ofs.v1.DescribeResult.$Properties;
        }

        /**
         * Properties of an EntitySchema.
         * @deprecated Use ofs.v1.EntitySchema.$Properties instead.
         */
        interface IEntitySchema extends ofs.v1.EntitySchema.$Properties {
        }

        /** Represents an EntitySchema. */
        class EntitySchema {

            /**
             * Constructs a new EntitySchema.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.EntitySchema.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** EntitySchema label. */
            label: string;

            /** EntitySchema keyLabels. */
            keyLabels: string[];

            /** EntitySchema groups. */
            groups: ofs.v1.GroupSchema.$Properties[];

            /** EntitySchema faults. */
            faults: ofs.v1.Fault.$Properties[];

            /**
             * Creates a new EntitySchema instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EntitySchema instance
             */
            static create(properties: ofs.v1.EntitySchema.$Shape): ofs.v1.EntitySchema & ofs.v1.EntitySchema.$Shape;
            static create(properties?: ofs.v1.EntitySchema.$Properties): ofs.v1.EntitySchema;

            /**
             * Encodes the specified EntitySchema message. Does not implicitly {@link ofs.v1.EntitySchema.verify|verify} messages.
             * @param message EntitySchema message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.EntitySchema.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EntitySchema message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.EntitySchema & ofs.v1.EntitySchema.$Shape} EntitySchema
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.EntitySchema & ofs.v1.EntitySchema.$Shape;

            /**
             * Creates an EntitySchema message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns EntitySchema
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.EntitySchema;

            /**
             * Creates a plain object from an EntitySchema message. Also converts values to other types if specified.
             * @param message EntitySchema
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.EntitySchema, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this EntitySchema to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace EntitySchema {

            /** Properties of an EntitySchema. */
            interface $Properties {

                /** EntitySchema label */
                label?: (string|null);

                /** EntitySchema keyLabels */
                keyLabels?: (string[]|null);

                /** EntitySchema groups */
                groups?: (ofs.v1.GroupSchema.$Properties[]|null);

                /** EntitySchema faults */
                faults?: (ofs.v1.Fault.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an EntitySchema. */
            type $Shape = ofs.v1.EntitySchema.$Properties;
        }

        /**
         * Properties of a GroupSchema.
         * @deprecated Use ofs.v1.GroupSchema.$Properties instead.
         */
        interface IGroupSchema extends ofs.v1.GroupSchema.$Properties {
        }

        /** Represents a GroupSchema. */
        class GroupSchema {

            /**
             * Constructs a new GroupSchema.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.GroupSchema.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GroupSchema label. */
            label: string;

            /** GroupSchema id. */
            id: number;

            /** GroupSchema dataType. */
            dataType: string;

            /** GroupSchema ttlSeconds. */
            ttlSeconds: Long;

            /** GroupSchema activeVersion. */
            activeVersion: number;

            /** GroupSchema storeId. */
            storeId: string;

            /** GroupSchema features. */
            features: ofs.v1.FeatureSchema.$Properties[];

            /** GroupSchema processCached. */
            processCached: boolean;

            /** GroupSchema distributedCached. */
            distributedCached: boolean;

            /**
             * Creates a new GroupSchema instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GroupSchema instance
             */
            static create(properties: ofs.v1.GroupSchema.$Shape): ofs.v1.GroupSchema & ofs.v1.GroupSchema.$Shape;
            static create(properties?: ofs.v1.GroupSchema.$Properties): ofs.v1.GroupSchema;

            /**
             * Encodes the specified GroupSchema message. Does not implicitly {@link ofs.v1.GroupSchema.verify|verify} messages.
             * @param message GroupSchema message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.GroupSchema.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GroupSchema message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.GroupSchema & ofs.v1.GroupSchema.$Shape} GroupSchema
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.GroupSchema & ofs.v1.GroupSchema.$Shape;

            /**
             * Creates a GroupSchema message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns GroupSchema
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.GroupSchema;

            /**
             * Creates a plain object from a GroupSchema message. Also converts values to other types if specified.
             * @param message GroupSchema
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.GroupSchema, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this GroupSchema to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace GroupSchema {

            /** Properties of a GroupSchema. */
            interface $Properties {

                /** GroupSchema label */
                label?: (string|null);

                /** GroupSchema id */
                id?: (number|null);

                /** GroupSchema dataType */
                dataType?: (string|null);

                /** GroupSchema ttlSeconds */
                ttlSeconds?: (Long|null);

                /** GroupSchema activeVersion */
                activeVersion?: (number|null);

                /** GroupSchema storeId */
                storeId?: (string|null);

                /** GroupSchema features */
                features?: (ofs.v1.FeatureSchema.$Properties[]|null);

                /** GroupSchema processCached */
                processCached?: (boolean|null);

                /** GroupSchema distributedCached */
                distributedCached?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GroupSchema. */
            type $Shape = ofs.v1.GroupSchema.$Properties;
        }

        /**
         * Properties of a FeatureSchema.
         * @deprecated Use ofs.v1.FeatureSchema.$Properties instead.
         */
        interface IFeatureSchema extends ofs.v1.FeatureSchema.$Properties {
        }

        /** Represents a FeatureSchema. */
        class FeatureSchema {

            /**
             * Constructs a new FeatureSchema.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.FeatureSchema.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** FeatureSchema label. */
            label: string;

            /** FeatureSchema vectorLength. */
            vectorLength: number;

            /** FeatureSchema stringLength. */
            stringLength: number;

            /** FeatureSchema defaultValue. */
            defaultValue: Uint8Array;

            /**
             * Creates a new FeatureSchema instance using the specified properties.
             * @param [properties] Properties to set
             * @returns FeatureSchema instance
             */
            static create(properties: ofs.v1.FeatureSchema.$Shape): ofs.v1.FeatureSchema & ofs.v1.FeatureSchema.$Shape;
            static create(properties?: ofs.v1.FeatureSchema.$Properties): ofs.v1.FeatureSchema;

            /**
             * Encodes the specified FeatureSchema message. Does not implicitly {@link ofs.v1.FeatureSchema.verify|verify} messages.
             * @param message FeatureSchema message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.FeatureSchema.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a FeatureSchema message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.FeatureSchema & ofs.v1.FeatureSchema.$Shape} FeatureSchema
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.FeatureSchema & ofs.v1.FeatureSchema.$Shape;

            /**
             * Creates a FeatureSchema message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns FeatureSchema
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.FeatureSchema;

            /**
             * Creates a plain object from a FeatureSchema message. Also converts values to other types if specified.
             * @param message FeatureSchema
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.FeatureSchema, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this FeatureSchema to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace FeatureSchema {

            /** Properties of a FeatureSchema. */
            interface $Properties {

                /** FeatureSchema label */
                label?: (string|null);

                /** FeatureSchema vectorLength */
                vectorLength?: (number|null);

                /** FeatureSchema stringLength */
                stringLength?: (number|null);

                /** FeatureSchema defaultValue */
                defaultValue?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a FeatureSchema. */
            type $Shape = ofs.v1.FeatureSchema.$Properties;
        }

        /**
         * Properties of a Fault.
         * @deprecated Use ofs.v1.Fault.$Properties instead.
         */
        interface IFault extends ofs.v1.Fault.$Properties {
        }

        /** Represents a Fault. */
        class Fault {

            /**
             * Constructs a new Fault.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.Fault.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Fault path. */
            path: string;

            /** Fault reason. */
            reason: string;

            /**
             * Creates a new Fault instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Fault instance
             */
            static create(properties: ofs.v1.Fault.$Shape): ofs.v1.Fault & ofs.v1.Fault.$Shape;
            static create(properties?: ofs.v1.Fault.$Properties): ofs.v1.Fault;

            /**
             * Encodes the specified Fault message. Does not implicitly {@link ofs.v1.Fault.verify|verify} messages.
             * @param message Fault message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.Fault.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Fault message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.Fault & ofs.v1.Fault.$Shape} Fault
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.Fault & ofs.v1.Fault.$Shape;

            /**
             * Creates a Fault message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Fault
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.Fault;

            /**
             * Creates a plain object from a Fault message. Also converts values to other types if specified.
             * @param message Fault
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.Fault, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Fault to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Fault {

            /** Properties of a Fault. */
            interface $Properties {

                /** Fault path */
                path?: (string|null);

                /** Fault reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Fault. */
            type $Shape = ofs.v1.Fault.$Properties;
        }

        /**
         * Properties of an InspectRequest.
         * @deprecated Use ofs.v1.InspectRequest.$Properties instead.
         */
        interface IInspectRequest extends ofs.v1.InspectRequest.$Properties {
        }

        /** Represents an InspectRequest. */
        class InspectRequest {

            /**
             * Constructs a new InspectRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.InspectRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** InspectRequest entityLabel. */
            entityLabel: string;

            /** InspectRequest featureGroups. */
            featureGroups: ofs.v1.InspectedGroup.$Properties[];

            /** InspectRequest keysSchema. */
            keysSchema: string[];

            /** InspectRequest keys. */
            keys: ofs.v1.InspectedKey.$Properties[];

            /**
             * Creates a new InspectRequest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns InspectRequest instance
             */
            static create(properties: ofs.v1.InspectRequest.$Shape): ofs.v1.InspectRequest & ofs.v1.InspectRequest.$Shape;
            static create(properties?: ofs.v1.InspectRequest.$Properties): ofs.v1.InspectRequest;

            /**
             * Encodes the specified InspectRequest message. Does not implicitly {@link ofs.v1.InspectRequest.verify|verify} messages.
             * @param message InspectRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.InspectRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an InspectRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.InspectRequest & ofs.v1.InspectRequest.$Shape} InspectRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.InspectRequest & ofs.v1.InspectRequest.$Shape;

            /**
             * Creates an InspectRequest message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns InspectRequest
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.InspectRequest;

            /**
             * Creates a plain object from an InspectRequest message. Also converts values to other types if specified.
             * @param message InspectRequest
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.InspectRequest, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this InspectRequest to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace InspectRequest {

            /** Properties of an InspectRequest. */
            interface $Properties {

                /** InspectRequest entityLabel */
                entityLabel?: (string|null);

                /** InspectRequest featureGroups */
                featureGroups?: (ofs.v1.InspectedGroup.$Properties[]|null);

                /** InspectRequest keysSchema */
                keysSchema?: (string[]|null);

                /** InspectRequest keys */
                keys?: (ofs.v1.InspectedKey.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an InspectRequest. */
            type $Shape = ofs.v1.InspectRequest.$Properties;
        }

        /**
         * Properties of an InspectedGroup.
         * @deprecated Use ofs.v1.InspectedGroup.$Properties instead.
         */
        interface IInspectedGroup extends ofs.v1.InspectedGroup.$Properties {
        }

        /** Represents an InspectedGroup. */
        class InspectedGroup {

            /**
             * Constructs a new InspectedGroup.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.InspectedGroup.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** InspectedGroup label. */
            label: string;

            /**
             * Creates a new InspectedGroup instance using the specified properties.
             * @param [properties] Properties to set
             * @returns InspectedGroup instance
             */
            static create(properties: ofs.v1.InspectedGroup.$Shape): ofs.v1.InspectedGroup & ofs.v1.InspectedGroup.$Shape;
            static create(properties?: ofs.v1.InspectedGroup.$Properties): ofs.v1.InspectedGroup;

            /**
             * Encodes the specified InspectedGroup message. Does not implicitly {@link ofs.v1.InspectedGroup.verify|verify} messages.
             * @param message InspectedGroup message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.InspectedGroup.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an InspectedGroup message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.InspectedGroup & ofs.v1.InspectedGroup.$Shape} InspectedGroup
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.InspectedGroup & ofs.v1.InspectedGroup.$Shape;

            /**
             * Creates an InspectedGroup message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns InspectedGroup
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.InspectedGroup;

            /**
             * Creates a plain object from an InspectedGroup message. Also converts values to other types if specified.
             * @param message InspectedGroup
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.InspectedGroup, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this InspectedGroup to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace InspectedGroup {

            /** Properties of an InspectedGroup. */
            interface $Properties {

                /** InspectedGroup label */
                label?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an InspectedGroup. */
            type $Shape = ofs.v1.InspectedGroup.$Properties;
        }

        /**
         * Properties of an InspectedKey.
         * @deprecated Use ofs.v1.InspectedKey.$Properties instead.
         */
        interface IInspectedKey extends ofs.v1.InspectedKey.$Properties {
        }

        /** Represents an InspectedKey. */
        class InspectedKey {

            /**
             * Constructs a new InspectedKey.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.InspectedKey.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** InspectedKey cols. */
            cols: string[];

            /**
             * Creates a new InspectedKey instance using the specified properties.
             * @param [properties] Properties to set
             * @returns InspectedKey instance
             */
            static create(properties: ofs.v1.InspectedKey.$Shape): ofs.v1.InspectedKey & ofs.v1.InspectedKey.$Shape;
            static create(properties?: ofs.v1.InspectedKey.$Properties): ofs.v1.InspectedKey;

            /**
             * Encodes the specified InspectedKey message. Does not implicitly {@link ofs.v1.InspectedKey.verify|verify} messages.
             * @param message InspectedKey message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.InspectedKey.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an InspectedKey message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.InspectedKey & ofs.v1.InspectedKey.$Shape} InspectedKey
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.InspectedKey & ofs.v1.InspectedKey.$Shape;

            /**
             * Creates an InspectedKey message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns InspectedKey
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.InspectedKey;

            /**
             * Creates a plain object from an InspectedKey message. Also converts values to other types if specified.
             * @param message InspectedKey
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.InspectedKey, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this InspectedKey to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace InspectedKey {

            /** Properties of an InspectedKey. */
            interface $Properties {

                /** InspectedKey cols */
                cols?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an InspectedKey. */
            type $Shape = ofs.v1.InspectedKey.$Properties;
        }

        /**
         * Properties of an InspectResult.
         * @deprecated Use ofs.v1.InspectResult.$Properties instead.
         */
        interface IInspectResult extends ofs.v1.InspectResult.$Properties {
        }

        /** Represents an InspectResult. */
        class InspectResult {

            /**
             * Constructs a new InspectResult.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.InspectResult.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** InspectResult keys. */
            keys: ofs.v1.KeyState.$Properties[];

            /**
             * Creates a new InspectResult instance using the specified properties.
             * @param [properties] Properties to set
             * @returns InspectResult instance
             */
            static create(properties: ofs.v1.InspectResult.$Shape): ofs.v1.InspectResult & ofs.v1.InspectResult.$Shape;
            static create(properties?: ofs.v1.InspectResult.$Properties): ofs.v1.InspectResult;

            /**
             * Encodes the specified InspectResult message. Does not implicitly {@link ofs.v1.InspectResult.verify|verify} messages.
             * @param message InspectResult message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.InspectResult.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an InspectResult message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.InspectResult & ofs.v1.InspectResult.$Shape} InspectResult
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.InspectResult & ofs.v1.InspectResult.$Shape;

            /**
             * Creates an InspectResult message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns InspectResult
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.InspectResult;

            /**
             * Creates a plain object from an InspectResult message. Also converts values to other types if specified.
             * @param message InspectResult
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.InspectResult, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this InspectResult to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace InspectResult {

            /** Properties of an InspectResult. */
            interface $Properties {

                /** InspectResult keys */
                keys?: (ofs.v1.KeyState.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an InspectResult. */
            type $Shape = ofs.v1.InspectResult.$Properties;
        }

        /**
         * Properties of a KeyState.
         * @deprecated Use ofs.v1.KeyState.$Properties instead.
         */
        interface IKeyState extends ofs.v1.KeyState.$Properties {
        }

        /** Represents a KeyState. */
        class KeyState {

            /**
             * Constructs a new KeyState.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.KeyState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** KeyState groups. */
            groups: ofs.v1.GroupState.$Properties[];

            /**
             * Creates a new KeyState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns KeyState instance
             */
            static create(properties: ofs.v1.KeyState.$Shape): ofs.v1.KeyState & ofs.v1.KeyState.$Shape;
            static create(properties?: ofs.v1.KeyState.$Properties): ofs.v1.KeyState;

            /**
             * Encodes the specified KeyState message. Does not implicitly {@link ofs.v1.KeyState.verify|verify} messages.
             * @param message KeyState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.KeyState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a KeyState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.KeyState & ofs.v1.KeyState.$Shape} KeyState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.KeyState & ofs.v1.KeyState.$Shape;

            /**
             * Creates a KeyState message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns KeyState
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.KeyState;

            /**
             * Creates a plain object from a KeyState message. Also converts values to other types if specified.
             * @param message KeyState
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.KeyState, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this KeyState to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace KeyState {

            /** Properties of a KeyState. */
            interface $Properties {

                /** KeyState groups */
                groups?: (ofs.v1.GroupState.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a KeyState. */
            type $Shape = ofs.v1.KeyState.$Properties;
        }

        /**
         * Properties of a GroupState.
         * @deprecated Use ofs.v1.GroupState.$Properties instead.
         */
        interface IGroupState extends ofs.v1.GroupState.$Properties {
        }

        /** Represents a GroupState. */
        class GroupState {

            /**
             * Constructs a new GroupState.
             * @param [properties] Properties to set
             */
            constructor(properties?: ofs.v1.GroupState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GroupState label. */
            label: string;

            /** GroupState presence. */
            presence: ofs.v1.Presence;

            /** GroupState schemaVersion. */
            schemaVersion: number;

            /** GroupState expiresAtSeconds. */
            expiresAtSeconds: Long;

            /**
             * Creates a new GroupState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GroupState instance
             */
            static create(properties: ofs.v1.GroupState.$Shape): ofs.v1.GroupState & ofs.v1.GroupState.$Shape;
            static create(properties?: ofs.v1.GroupState.$Properties): ofs.v1.GroupState;

            /**
             * Encodes the specified GroupState message. Does not implicitly {@link ofs.v1.GroupState.verify|verify} messages.
             * @param message GroupState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: ofs.v1.GroupState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GroupState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {ofs.v1.GroupState & ofs.v1.GroupState.$Shape} GroupState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ofs.v1.GroupState & ofs.v1.GroupState.$Shape;

            /**
             * Creates a GroupState message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns GroupState
             */
            static fromObject(object: { [k: string]: any }): ofs.v1.GroupState;

            /**
             * Creates a plain object from a GroupState message. Also converts values to other types if specified.
             * @param message GroupState
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: ofs.v1.GroupState, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this GroupState to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace GroupState {

            /** Properties of a GroupState. */
            interface $Properties {

                /** GroupState label */
                label?: (string|null);

                /** GroupState presence */
                presence?: (ofs.v1.Presence|null);

                /** GroupState schemaVersion */
                schemaVersion?: (number|null);

                /** GroupState expiresAtSeconds */
                expiresAtSeconds?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GroupState. */
            type $Shape = ofs.v1.GroupState.$Properties;
        }

        /** Presence enum. */
        enum Presence {

            /** PRESENCE_UNKNOWN value */
            PRESENCE_UNKNOWN = 0,

            /** STORED value */
            STORED = 1,

            /** ABSENT value */
            ABSENT = 2,

            /** EXPIRED value */
            EXPIRED = 3,

            /** UNREADABLE value */
            UNREADABLE = 4,

            /** FAILED value */
            FAILED = 5
        }
    }
}

/** Namespace p2p. */
export namespace p2p {

    /**
     * Properties of a Query.
     * @deprecated Use p2p.Query.$Properties instead.
     */
    interface IQuery extends p2p.Query.$Properties {
    }

    /** Represents a Query. */
    class Query {

        /**
         * Constructs a new Query.
         * @param [properties] Properties to set
         */
        constructor(properties?: p2p.Query.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Query entityLabel. */
        entityLabel: string;

        /**
         * Creates a new Query instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Query instance
         */
        static create(properties: p2p.Query.$Shape): p2p.Query & p2p.Query.$Shape;
        static create(properties?: p2p.Query.$Properties): p2p.Query;

        /**
         * Encodes the specified Query message. Does not implicitly {@link p2p.Query.verify|verify} messages.
         * @param message Query message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: p2p.Query.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Query message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {p2p.Query & p2p.Query.$Shape} Query
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): p2p.Query & p2p.Query.$Shape;

        /**
         * Creates a Query message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Query
         */
        static fromObject(object: { [k: string]: any }): p2p.Query;

        /**
         * Creates a plain object from a Query message. Also converts values to other types if specified.
         * @param message Query
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: p2p.Query, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Query to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Query {

        /** Properties of a Query. */
        interface $Properties {

            /** Query entityLabel */
            entityLabel?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Query. */
        type $Shape = p2p.Query.$Properties;
    }

    /**
     * Properties of a CacheQuery.
     * @deprecated Use p2p.CacheQuery.$Properties instead.
     */
    interface ICacheQuery extends p2p.CacheQuery.$Properties {
    }

    /** Represents a CacheQuery. */
    class CacheQuery {

        /**
         * Constructs a new CacheQuery.
         * @param [properties] Properties to set
         */
        constructor(properties?: p2p.CacheQuery.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CacheQuery entityLabel. */
        entityLabel: string;

        /** CacheQuery keys. */
        keys: string[];

        /**
         * Creates a new CacheQuery instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CacheQuery instance
         */
        static create(properties: p2p.CacheQuery.$Shape): p2p.CacheQuery & p2p.CacheQuery.$Shape;
        static create(properties?: p2p.CacheQuery.$Properties): p2p.CacheQuery;

        /**
         * Encodes the specified CacheQuery message. Does not implicitly {@link p2p.CacheQuery.verify|verify} messages.
         * @param message CacheQuery message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: p2p.CacheQuery.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CacheQuery message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {p2p.CacheQuery & p2p.CacheQuery.$Shape} CacheQuery
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): p2p.CacheQuery & p2p.CacheQuery.$Shape;

        /**
         * Creates a CacheQuery message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns CacheQuery
         */
        static fromObject(object: { [k: string]: any }): p2p.CacheQuery;

        /**
         * Creates a plain object from a CacheQuery message. Also converts values to other types if specified.
         * @param message CacheQuery
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: p2p.CacheQuery, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this CacheQuery to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace CacheQuery {

        /** Properties of a CacheQuery. */
        interface $Properties {

            /** CacheQuery entityLabel */
            entityLabel?: (string|null);

            /** CacheQuery keys */
            keys?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CacheQuery. */
        type $Shape = p2p.CacheQuery.$Properties;
    }

    /**
     * Properties of a CacheKeyValue.
     * @deprecated Use p2p.CacheKeyValue.$Properties instead.
     */
    interface ICacheKeyValue extends p2p.CacheKeyValue.$Properties {
    }

    /** Represents a CacheKeyValue. */
    class CacheKeyValue {

        /**
         * Constructs a new CacheKeyValue.
         * @param [properties] Properties to set
         */
        constructor(properties?: p2p.CacheKeyValue.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CacheKeyValue entityLabel. */
        entityLabel: string;

        /** CacheKeyValue keyValue. */
        keyValue: { [k: string]: Uint8Array };

        /**
         * Creates a new CacheKeyValue instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CacheKeyValue instance
         */
        static create(properties: p2p.CacheKeyValue.$Shape): p2p.CacheKeyValue & p2p.CacheKeyValue.$Shape;
        static create(properties?: p2p.CacheKeyValue.$Properties): p2p.CacheKeyValue;

        /**
         * Encodes the specified CacheKeyValue message. Does not implicitly {@link p2p.CacheKeyValue.verify|verify} messages.
         * @param message CacheKeyValue message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: p2p.CacheKeyValue.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CacheKeyValue message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {p2p.CacheKeyValue & p2p.CacheKeyValue.$Shape} CacheKeyValue
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): p2p.CacheKeyValue & p2p.CacheKeyValue.$Shape;

        /**
         * Creates a CacheKeyValue message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns CacheKeyValue
         */
        static fromObject(object: { [k: string]: any }): p2p.CacheKeyValue;

        /**
         * Creates a plain object from a CacheKeyValue message. Also converts values to other types if specified.
         * @param message CacheKeyValue
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: p2p.CacheKeyValue, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this CacheKeyValue to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace CacheKeyValue {

        /** Properties of a CacheKeyValue. */
        interface $Properties {

            /** CacheKeyValue entityLabel */
            entityLabel?: (string|null);

            /** CacheKeyValue keyValue */
            keyValue?: ({ [k: string]: Uint8Array }|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CacheKeyValue. */
        type $Shape = p2p.CacheKeyValue.$Properties;
    }

    /**
     * Properties of a ClusterTopology.
     * @deprecated Use p2p.ClusterTopology.$Properties instead.
     */
    interface IClusterTopology extends p2p.ClusterTopology.$Properties {
    }

    /** Represents a ClusterTopology. */
    class ClusterTopology {

        /**
         * Constructs a new ClusterTopology.
         * @param [properties] Properties to set
         */
        constructor(properties?: p2p.ClusterTopology.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ClusterTopology ringTopology. */
        ringTopology: { [k: string]: string };

        /** ClusterTopology clusterMembers. */
        clusterMembers: { [k: string]: p2p.PodData.$Properties };

        /**
         * Creates a new ClusterTopology instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ClusterTopology instance
         */
        static create(properties: p2p.ClusterTopology.$Shape): p2p.ClusterTopology & p2p.ClusterTopology.$Shape;
        static create(properties?: p2p.ClusterTopology.$Properties): p2p.ClusterTopology;

        /**
         * Encodes the specified ClusterTopology message. Does not implicitly {@link p2p.ClusterTopology.verify|verify} messages.
         * @param message ClusterTopology message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: p2p.ClusterTopology.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ClusterTopology message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {p2p.ClusterTopology & p2p.ClusterTopology.$Shape} ClusterTopology
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): p2p.ClusterTopology & p2p.ClusterTopology.$Shape;

        /**
         * Creates a ClusterTopology message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ClusterTopology
         */
        static fromObject(object: { [k: string]: any }): p2p.ClusterTopology;

        /**
         * Creates a plain object from a ClusterTopology message. Also converts values to other types if specified.
         * @param message ClusterTopology
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: p2p.ClusterTopology, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ClusterTopology to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace ClusterTopology {

        /** Properties of a ClusterTopology. */
        interface $Properties {

            /** ClusterTopology ringTopology */
            ringTopology?: ({ [k: string]: string }|null);

            /** ClusterTopology clusterMembers */
            clusterMembers?: ({ [k: string]: p2p.PodData.$Properties }|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ClusterTopology. */
        type $Shape = p2p.ClusterTopology.$Properties;
    }

    /**
     * Properties of a PodData.
     * @deprecated Use p2p.PodData.$Properties instead.
     */
    interface IPodData extends p2p.PodData.$Properties {
    }

    /** Represents a PodData. */
    class PodData {

        /**
         * Constructs a new PodData.
         * @param [properties] Properties to set
         */
        constructor(properties?: p2p.PodData.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PodData nodeIp. */
        nodeIp: string;

        /** PodData podIp. */
        podIp: string;

        /**
         * Creates a new PodData instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PodData instance
         */
        static create(properties: p2p.PodData.$Shape): p2p.PodData & p2p.PodData.$Shape;
        static create(properties?: p2p.PodData.$Properties): p2p.PodData;

        /**
         * Encodes the specified PodData message. Does not implicitly {@link p2p.PodData.verify|verify} messages.
         * @param message PodData message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: p2p.PodData.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PodData message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {p2p.PodData & p2p.PodData.$Shape} PodData
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): p2p.PodData & p2p.PodData.$Shape;

        /**
         * Creates a PodData message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns PodData
         */
        static fromObject(object: { [k: string]: any }): p2p.PodData;

        /**
         * Creates a plain object from a PodData message. Also converts values to other types if specified.
         * @param message PodData
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: p2p.PodData, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this PodData to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace PodData {

        /** Properties of a PodData. */
        interface $Properties {

            /** PodData nodeIp */
            nodeIp?: (string|null);

            /** PodData podIp */
            podIp?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PodData. */
        type $Shape = p2p.PodData.$Properties;
    }
}

/** Namespace persist. */
export namespace persist {

    /**
     * Properties of a Query.
     * @deprecated Use persist.Query.$Properties instead.
     */
    interface IQuery extends persist.Query.$Properties {
    }

    /** Represents a Query. */
    class Query {

        /**
         * Constructs a new Query.
         * @param [properties] Properties to set
         */
        constructor(properties?: persist.Query.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Query entityLabel. */
        entityLabel: string;

        /** Query keysSchema. */
        keysSchema: string[];

        /** Query featureGroupSchema. */
        featureGroupSchema: persist.FeatureGroupSchema.$Properties[];

        /** Query data. */
        data: persist.Data.$Properties[];

        /**
         * Creates a new Query instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Query instance
         */
        static create(properties: persist.Query.$Shape): persist.Query & persist.Query.$Shape;
        static create(properties?: persist.Query.$Properties): persist.Query;

        /**
         * Encodes the specified Query message. Does not implicitly {@link persist.Query.verify|verify} messages.
         * @param message Query message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: persist.Query.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Query message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {persist.Query & persist.Query.$Shape} Query
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): persist.Query & persist.Query.$Shape;

        /**
         * Creates a Query message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Query
         */
        static fromObject(object: { [k: string]: any }): persist.Query;

        /**
         * Creates a plain object from a Query message. Also converts values to other types if specified.
         * @param message Query
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: persist.Query, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Query to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Query {

        /** Properties of a Query. */
        interface $Properties {

            /** Query entityLabel */
            entityLabel?: (string|null);

            /** Query keysSchema */
            keysSchema?: (string[]|null);

            /** Query featureGroupSchema */
            featureGroupSchema?: (persist.FeatureGroupSchema.$Properties[]|null);

            /** Query data */
            data?: (persist.Data.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Query. */
        type $Shape = persist.Query.$Properties;
    }

    /**
     * Properties of a FeatureGroupSchema.
     * @deprecated Use persist.FeatureGroupSchema.$Properties instead.
     */
    interface IFeatureGroupSchema extends persist.FeatureGroupSchema.$Properties {
    }

    /** Represents a FeatureGroupSchema. */
    class FeatureGroupSchema {

        /**
         * Constructs a new FeatureGroupSchema.
         * @param [properties] Properties to set
         */
        constructor(properties?: persist.FeatureGroupSchema.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeatureGroupSchema label. */
        label: string;

        /** FeatureGroupSchema featureLabels. */
        featureLabels: string[];

        /**
         * Creates a new FeatureGroupSchema instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeatureGroupSchema instance
         */
        static create(properties: persist.FeatureGroupSchema.$Shape): persist.FeatureGroupSchema & persist.FeatureGroupSchema.$Shape;
        static create(properties?: persist.FeatureGroupSchema.$Properties): persist.FeatureGroupSchema;

        /**
         * Encodes the specified FeatureGroupSchema message. Does not implicitly {@link persist.FeatureGroupSchema.verify|verify} messages.
         * @param message FeatureGroupSchema message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: persist.FeatureGroupSchema.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeatureGroupSchema message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {persist.FeatureGroupSchema & persist.FeatureGroupSchema.$Shape} FeatureGroupSchema
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): persist.FeatureGroupSchema & persist.FeatureGroupSchema.$Shape;

        /**
         * Creates a FeatureGroupSchema message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns FeatureGroupSchema
         */
        static fromObject(object: { [k: string]: any }): persist.FeatureGroupSchema;

        /**
         * Creates a plain object from a FeatureGroupSchema message. Also converts values to other types if specified.
         * @param message FeatureGroupSchema
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: persist.FeatureGroupSchema, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this FeatureGroupSchema to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace FeatureGroupSchema {

        /** Properties of a FeatureGroupSchema. */
        interface $Properties {

            /** FeatureGroupSchema label */
            label?: (string|null);

            /** FeatureGroupSchema featureLabels */
            featureLabels?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeatureGroupSchema. */
        type $Shape = persist.FeatureGroupSchema.$Properties;
    }

    /**
     * Properties of a Data.
     * @deprecated Use persist.Data.$Properties instead.
     */
    interface IData extends persist.Data.$Properties {
    }

    /** Represents a Data. */
    class Data {

        /**
         * Constructs a new Data.
         * @param [properties] Properties to set
         */
        constructor(properties?: persist.Data.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Data keyValues. */
        keyValues: string[];

        /** Data featureValues. */
        featureValues: persist.FeatureValues.$Properties[];

        /**
         * Creates a new Data instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Data instance
         */
        static create(properties: persist.Data.$Shape): persist.Data & persist.Data.$Shape;
        static create(properties?: persist.Data.$Properties): persist.Data;

        /**
         * Encodes the specified Data message. Does not implicitly {@link persist.Data.verify|verify} messages.
         * @param message Data message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: persist.Data.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Data message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {persist.Data & persist.Data.$Shape} Data
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): persist.Data & persist.Data.$Shape;

        /**
         * Creates a Data message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Data
         */
        static fromObject(object: { [k: string]: any }): persist.Data;

        /**
         * Creates a plain object from a Data message. Also converts values to other types if specified.
         * @param message Data
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: persist.Data, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Data to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Data {

        /** Properties of a Data. */
        interface $Properties {

            /** Data keyValues */
            keyValues?: (string[]|null);

            /** Data featureValues */
            featureValues?: (persist.FeatureValues.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Data. */
        type $Shape = persist.Data.$Properties;
    }

    /**
     * Properties of a FeatureValues.
     * @deprecated Use persist.FeatureValues.$Properties instead.
     */
    interface IFeatureValues extends persist.FeatureValues.$Properties {
    }

    /** Represents a FeatureValues. */
    class FeatureValues {

        /**
         * Constructs a new FeatureValues.
         * @param [properties] Properties to set
         */
        constructor(properties?: persist.FeatureValues.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeatureValues values. */
        values?: (persist.Values.$Properties|null);

        /**
         * Creates a new FeatureValues instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeatureValues instance
         */
        static create(properties: persist.FeatureValues.$Shape): persist.FeatureValues & persist.FeatureValues.$Shape;
        static create(properties?: persist.FeatureValues.$Properties): persist.FeatureValues;

        /**
         * Encodes the specified FeatureValues message. Does not implicitly {@link persist.FeatureValues.verify|verify} messages.
         * @param message FeatureValues message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: persist.FeatureValues.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeatureValues message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {persist.FeatureValues & persist.FeatureValues.$Shape} FeatureValues
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): persist.FeatureValues & persist.FeatureValues.$Shape;

        /**
         * Creates a FeatureValues message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns FeatureValues
         */
        static fromObject(object: { [k: string]: any }): persist.FeatureValues;

        /**
         * Creates a plain object from a FeatureValues message. Also converts values to other types if specified.
         * @param message FeatureValues
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: persist.FeatureValues, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this FeatureValues to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace FeatureValues {

        /** Properties of a FeatureValues. */
        interface $Properties {

            /** FeatureValues values */
            values?: (persist.Values.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeatureValues. */
        type $Shape = persist.FeatureValues.$Properties;
    }

    /**
     * Properties of a Vector.
     * @deprecated Use persist.Vector.$Properties instead.
     */
    interface IVector extends persist.Vector.$Properties {
    }

    /** Represents a Vector. */
    class Vector {

        /**
         * Constructs a new Vector.
         * @param [properties] Properties to set
         */
        constructor(properties?: persist.Vector.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Vector values. */
        values?: (persist.Values.$Properties|null);

        /**
         * Creates a new Vector instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Vector instance
         */
        static create(properties: persist.Vector.$Shape): persist.Vector & persist.Vector.$Shape;
        static create(properties?: persist.Vector.$Properties): persist.Vector;

        /**
         * Encodes the specified Vector message. Does not implicitly {@link persist.Vector.verify|verify} messages.
         * @param message Vector message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: persist.Vector.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Vector message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {persist.Vector & persist.Vector.$Shape} Vector
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): persist.Vector & persist.Vector.$Shape;

        /**
         * Creates a Vector message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Vector
         */
        static fromObject(object: { [k: string]: any }): persist.Vector;

        /**
         * Creates a plain object from a Vector message. Also converts values to other types if specified.
         * @param message Vector
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: persist.Vector, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Vector to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Vector {

        /** Properties of a Vector. */
        interface $Properties {

            /** Vector values */
            values?: (persist.Values.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Vector. */
        type $Shape = persist.Vector.$Properties;
    }

    /**
     * Properties of a Values.
     * @deprecated Use persist.Values.$Properties instead.
     */
    interface IValues extends persist.Values.$Properties {
    }

    /** Represents a Values. */
    class Values {

        /**
         * Constructs a new Values.
         * @param [properties] Properties to set
         */
        constructor(properties?: persist.Values.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Values fp32Values. */
        fp32Values: number[];

        /** Values fp64Values. */
        fp64Values: number[];

        /** Values int32Values. */
        int32Values: number[];

        /** Values int64Values. */
        int64Values: Long[];

        /** Values uint32Values. */
        uint32Values: number[];

        /** Values uint64Values. */
        uint64Values: Long[];

        /** Values stringValues. */
        stringValues: string[];

        /** Values boolValues. */
        boolValues: boolean[];

        /** Values vector. */
        vector: persist.Vector.$Properties[];

        /**
         * Creates a new Values instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Values instance
         */
        static create(properties: persist.Values.$Shape): persist.Values & persist.Values.$Shape;
        static create(properties?: persist.Values.$Properties): persist.Values;

        /**
         * Encodes the specified Values message. Does not implicitly {@link persist.Values.verify|verify} messages.
         * @param message Values message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: persist.Values.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Values message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {persist.Values & persist.Values.$Shape} Values
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): persist.Values & persist.Values.$Shape;

        /**
         * Creates a Values message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Values
         */
        static fromObject(object: { [k: string]: any }): persist.Values;

        /**
         * Creates a plain object from a Values message. Also converts values to other types if specified.
         * @param message Values
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: persist.Values, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Values to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Values {

        /** Properties of a Values. */
        interface $Properties {

            /** Values fp32Values */
            fp32Values?: (number[]|null);

            /** Values fp64Values */
            fp64Values?: (number[]|null);

            /** Values int32Values */
            int32Values?: (number[]|null);

            /** Values int64Values */
            int64Values?: (Long[]|null);

            /** Values uint32Values */
            uint32Values?: (number[]|null);

            /** Values uint64Values */
            uint64Values?: (Long[]|null);

            /** Values stringValues */
            stringValues?: (string[]|null);

            /** Values boolValues */
            boolValues?: (boolean[]|null);

            /** Values vector */
            vector?: (persist.Vector.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Values. */
        type $Shape = persist.Values.$Properties;
    }

    /**
     * Properties of a Result.
     * @deprecated Use persist.Result.$Properties instead.
     */
    interface IResult extends persist.Result.$Properties {
    }

    /** Represents a Result. */
    class Result {

        /**
         * Constructs a new Result.
         * @param [properties] Properties to set
         */
        constructor(properties?: persist.Result.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Result message. */
        message: string;

        /**
         * Creates a new Result instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Result instance
         */
        static create(properties: persist.Result.$Shape): persist.Result & persist.Result.$Shape;
        static create(properties?: persist.Result.$Properties): persist.Result;

        /**
         * Encodes the specified Result message. Does not implicitly {@link persist.Result.verify|verify} messages.
         * @param message Result message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: persist.Result.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Result message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {persist.Result & persist.Result.$Shape} Result
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): persist.Result & persist.Result.$Shape;

        /**
         * Creates a Result message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Result
         */
        static fromObject(object: { [k: string]: any }): persist.Result;

        /**
         * Creates a plain object from a Result message. Also converts values to other types if specified.
         * @param message Result
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: persist.Result, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Result to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Result {

        /** Properties of a Result. */
        interface $Properties {

            /** Result message */
            message?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Result. */
        type $Shape = persist.Result.$Properties;
    }
}

/** Namespace retrieve. */
export namespace retrieve {

    /**
     * Properties of a Query.
     * @deprecated Use retrieve.Query.$Properties instead.
     */
    interface IQuery extends retrieve.Query.$Properties {
    }

    /** Represents a Query. */
    class Query {

        /**
         * Constructs a new Query.
         * @param [properties] Properties to set
         */
        constructor(properties?: retrieve.Query.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Query entityLabel. */
        entityLabel: string;

        /** Query featureGroups. */
        featureGroups: retrieve.FeatureGroup.$Properties[];

        /** Query keysSchema. */
        keysSchema: string[];

        /** Query keys. */
        keys: retrieve.Keys.$Properties[];

        /**
         * Creates a new Query instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Query instance
         */
        static create(properties: retrieve.Query.$Shape): retrieve.Query & retrieve.Query.$Shape;
        static create(properties?: retrieve.Query.$Properties): retrieve.Query;

        /**
         * Encodes the specified Query message. Does not implicitly {@link retrieve.Query.verify|verify} messages.
         * @param message Query message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: retrieve.Query.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Query message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {retrieve.Query & retrieve.Query.$Shape} Query
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): retrieve.Query & retrieve.Query.$Shape;

        /**
         * Creates a Query message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Query
         */
        static fromObject(object: { [k: string]: any }): retrieve.Query;

        /**
         * Creates a plain object from a Query message. Also converts values to other types if specified.
         * @param message Query
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: retrieve.Query, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Query to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Query {

        /** Properties of a Query. */
        interface $Properties {

            /** Query entityLabel */
            entityLabel?: (string|null);

            /** Query featureGroups */
            featureGroups?: (retrieve.FeatureGroup.$Properties[]|null);

            /** Query keysSchema */
            keysSchema?: (string[]|null);

            /** Query keys */
            keys?: (retrieve.Keys.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Query. */
        type $Shape = retrieve.Query.$Properties;
    }

    /**
     * Properties of a Keys.
     * @deprecated Use retrieve.Keys.$Properties instead.
     */
    interface IKeys extends retrieve.Keys.$Properties {
    }

    /** Represents a Keys. */
    class Keys {

        /**
         * Constructs a new Keys.
         * @param [properties] Properties to set
         */
        constructor(properties?: retrieve.Keys.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Keys cols. */
        cols: string[];

        /**
         * Creates a new Keys instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Keys instance
         */
        static create(properties: retrieve.Keys.$Shape): retrieve.Keys & retrieve.Keys.$Shape;
        static create(properties?: retrieve.Keys.$Properties): retrieve.Keys;

        /**
         * Encodes the specified Keys message. Does not implicitly {@link retrieve.Keys.verify|verify} messages.
         * @param message Keys message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: retrieve.Keys.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Keys message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {retrieve.Keys & retrieve.Keys.$Shape} Keys
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): retrieve.Keys & retrieve.Keys.$Shape;

        /**
         * Creates a Keys message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Keys
         */
        static fromObject(object: { [k: string]: any }): retrieve.Keys;

        /**
         * Creates a plain object from a Keys message. Also converts values to other types if specified.
         * @param message Keys
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: retrieve.Keys, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Keys to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Keys {

        /** Properties of a Keys. */
        interface $Properties {

            /** Keys cols */
            cols?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Keys. */
        type $Shape = retrieve.Keys.$Properties;
    }

    /**
     * Properties of a FeatureGroup.
     * @deprecated Use retrieve.FeatureGroup.$Properties instead.
     */
    interface IFeatureGroup extends retrieve.FeatureGroup.$Properties {
    }

    /** Represents a FeatureGroup. */
    class FeatureGroup {

        /**
         * Constructs a new FeatureGroup.
         * @param [properties] Properties to set
         */
        constructor(properties?: retrieve.FeatureGroup.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeatureGroup label. */
        label: string;

        /** FeatureGroup featureLabels. */
        featureLabels: string[];

        /**
         * Creates a new FeatureGroup instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeatureGroup instance
         */
        static create(properties: retrieve.FeatureGroup.$Shape): retrieve.FeatureGroup & retrieve.FeatureGroup.$Shape;
        static create(properties?: retrieve.FeatureGroup.$Properties): retrieve.FeatureGroup;

        /**
         * Encodes the specified FeatureGroup message. Does not implicitly {@link retrieve.FeatureGroup.verify|verify} messages.
         * @param message FeatureGroup message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: retrieve.FeatureGroup.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeatureGroup message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {retrieve.FeatureGroup & retrieve.FeatureGroup.$Shape} FeatureGroup
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): retrieve.FeatureGroup & retrieve.FeatureGroup.$Shape;

        /**
         * Creates a FeatureGroup message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns FeatureGroup
         */
        static fromObject(object: { [k: string]: any }): retrieve.FeatureGroup;

        /**
         * Creates a plain object from a FeatureGroup message. Also converts values to other types if specified.
         * @param message FeatureGroup
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: retrieve.FeatureGroup, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this FeatureGroup to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace FeatureGroup {

        /** Properties of a FeatureGroup. */
        interface $Properties {

            /** FeatureGroup label */
            label?: (string|null);

            /** FeatureGroup featureLabels */
            featureLabels?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeatureGroup. */
        type $Shape = retrieve.FeatureGroup.$Properties;
    }

    /**
     * Properties of a Feature.
     * @deprecated Use retrieve.Feature.$Properties instead.
     */
    interface IFeature extends retrieve.Feature.$Properties {
    }

    /** Represents a Feature. */
    class Feature {

        /**
         * Constructs a new Feature.
         * @param [properties] Properties to set
         */
        constructor(properties?: retrieve.Feature.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Feature label. */
        label: string;

        /** Feature columnIdx. */
        columnIdx: number;

        /**
         * Creates a new Feature instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Feature instance
         */
        static create(properties: retrieve.Feature.$Shape): retrieve.Feature & retrieve.Feature.$Shape;
        static create(properties?: retrieve.Feature.$Properties): retrieve.Feature;

        /**
         * Encodes the specified Feature message. Does not implicitly {@link retrieve.Feature.verify|verify} messages.
         * @param message Feature message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: retrieve.Feature.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Feature message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {retrieve.Feature & retrieve.Feature.$Shape} Feature
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): retrieve.Feature & retrieve.Feature.$Shape;

        /**
         * Creates a Feature message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Feature
         */
        static fromObject(object: { [k: string]: any }): retrieve.Feature;

        /**
         * Creates a plain object from a Feature message. Also converts values to other types if specified.
         * @param message Feature
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: retrieve.Feature, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Feature to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Feature {

        /** Properties of a Feature. */
        interface $Properties {

            /** Feature label */
            label?: (string|null);

            /** Feature columnIdx */
            columnIdx?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Feature. */
        type $Shape = retrieve.Feature.$Properties;
    }

    /**
     * Properties of a FeatureSchema.
     * @deprecated Use retrieve.FeatureSchema.$Properties instead.
     */
    interface IFeatureSchema extends retrieve.FeatureSchema.$Properties {
    }

    /** Represents a FeatureSchema. */
    class FeatureSchema {

        /**
         * Constructs a new FeatureSchema.
         * @param [properties] Properties to set
         */
        constructor(properties?: retrieve.FeatureSchema.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeatureSchema featureGroupLabel. */
        featureGroupLabel: string;

        /** FeatureSchema features. */
        features: retrieve.Feature.$Properties[];

        /**
         * Creates a new FeatureSchema instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeatureSchema instance
         */
        static create(properties: retrieve.FeatureSchema.$Shape): retrieve.FeatureSchema & retrieve.FeatureSchema.$Shape;
        static create(properties?: retrieve.FeatureSchema.$Properties): retrieve.FeatureSchema;

        /**
         * Encodes the specified FeatureSchema message. Does not implicitly {@link retrieve.FeatureSchema.verify|verify} messages.
         * @param message FeatureSchema message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: retrieve.FeatureSchema.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeatureSchema message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {retrieve.FeatureSchema & retrieve.FeatureSchema.$Shape} FeatureSchema
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): retrieve.FeatureSchema & retrieve.FeatureSchema.$Shape;

        /**
         * Creates a FeatureSchema message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns FeatureSchema
         */
        static fromObject(object: { [k: string]: any }): retrieve.FeatureSchema;

        /**
         * Creates a plain object from a FeatureSchema message. Also converts values to other types if specified.
         * @param message FeatureSchema
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: retrieve.FeatureSchema, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this FeatureSchema to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace FeatureSchema {

        /** Properties of a FeatureSchema. */
        interface $Properties {

            /** FeatureSchema featureGroupLabel */
            featureGroupLabel?: (string|null);

            /** FeatureSchema features */
            features?: (retrieve.Feature.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeatureSchema. */
        type $Shape = retrieve.FeatureSchema.$Properties;
    }

    /**
     * Properties of a Row.
     * @deprecated Use retrieve.Row.$Properties instead.
     */
    interface IRow extends retrieve.Row.$Properties {
    }

    /** Represents a Row. */
    class Row {

        /**
         * Constructs a new Row.
         * @param [properties] Properties to set
         */
        constructor(properties?: retrieve.Row.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Row keys. */
        keys: string[];

        /** Row columns. */
        columns: Uint8Array[];

        /**
         * Creates a new Row instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Row instance
         */
        static create(properties: retrieve.Row.$Shape): retrieve.Row & retrieve.Row.$Shape;
        static create(properties?: retrieve.Row.$Properties): retrieve.Row;

        /**
         * Encodes the specified Row message. Does not implicitly {@link retrieve.Row.verify|verify} messages.
         * @param message Row message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: retrieve.Row.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Row message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {retrieve.Row & retrieve.Row.$Shape} Row
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): retrieve.Row & retrieve.Row.$Shape;

        /**
         * Creates a Row message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Row
         */
        static fromObject(object: { [k: string]: any }): retrieve.Row;

        /**
         * Creates a plain object from a Row message. Also converts values to other types if specified.
         * @param message Row
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: retrieve.Row, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Row to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Row {

        /** Properties of a Row. */
        interface $Properties {

            /** Row keys */
            keys?: (string[]|null);

            /** Row columns */
            columns?: (Uint8Array[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Row. */
        type $Shape = retrieve.Row.$Properties;
    }

    /**
     * Properties of a Result.
     * @deprecated Use retrieve.Result.$Properties instead.
     */
    interface IResult extends retrieve.Result.$Properties {
    }

    /** Represents a Result. */
    class Result {

        /**
         * Constructs a new Result.
         * @param [properties] Properties to set
         */
        constructor(properties?: retrieve.Result.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Result entityLabel. */
        entityLabel: string;

        /** Result keysSchema. */
        keysSchema: string[];

        /** Result featureSchemas. */
        featureSchemas: retrieve.FeatureSchema.$Properties[];

        /** Result rows. */
        rows: retrieve.Row.$Properties[];

        /**
         * Creates a new Result instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Result instance
         */
        static create(properties: retrieve.Result.$Shape): retrieve.Result & retrieve.Result.$Shape;
        static create(properties?: retrieve.Result.$Properties): retrieve.Result;

        /**
         * Encodes the specified Result message. Does not implicitly {@link retrieve.Result.verify|verify} messages.
         * @param message Result message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: retrieve.Result.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Result message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {retrieve.Result & retrieve.Result.$Shape} Result
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): retrieve.Result & retrieve.Result.$Shape;

        /**
         * Creates a Result message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Result
         */
        static fromObject(object: { [k: string]: any }): retrieve.Result;

        /**
         * Creates a plain object from a Result message. Also converts values to other types if specified.
         * @param message Result
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: retrieve.Result, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Result to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Result {

        /** Properties of a Result. */
        interface $Properties {

            /** Result entityLabel */
            entityLabel?: (string|null);

            /** Result keysSchema */
            keysSchema?: (string[]|null);

            /** Result featureSchemas */
            featureSchemas?: (retrieve.FeatureSchema.$Properties[]|null);

            /** Result rows */
            rows?: (retrieve.Row.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Result. */
        type $Shape = retrieve.Result.$Properties;
    }

    /**
     * Properties of a DecodedRow.
     * @deprecated Use retrieve.DecodedRow.$Properties instead.
     */
    interface IDecodedRow extends retrieve.DecodedRow.$Properties {
    }

    /** Represents a DecodedRow. */
    class DecodedRow {

        /**
         * Constructs a new DecodedRow.
         * @param [properties] Properties to set
         */
        constructor(properties?: retrieve.DecodedRow.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DecodedRow keys. */
        keys: string[];

        /** DecodedRow columns. */
        columns: string[];

        /**
         * Creates a new DecodedRow instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DecodedRow instance
         */
        static create(properties: retrieve.DecodedRow.$Shape): retrieve.DecodedRow & retrieve.DecodedRow.$Shape;
        static create(properties?: retrieve.DecodedRow.$Properties): retrieve.DecodedRow;

        /**
         * Encodes the specified DecodedRow message. Does not implicitly {@link retrieve.DecodedRow.verify|verify} messages.
         * @param message DecodedRow message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: retrieve.DecodedRow.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DecodedRow message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {retrieve.DecodedRow & retrieve.DecodedRow.$Shape} DecodedRow
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): retrieve.DecodedRow & retrieve.DecodedRow.$Shape;

        /**
         * Creates a DecodedRow message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns DecodedRow
         */
        static fromObject(object: { [k: string]: any }): retrieve.DecodedRow;

        /**
         * Creates a plain object from a DecodedRow message. Also converts values to other types if specified.
         * @param message DecodedRow
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: retrieve.DecodedRow, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this DecodedRow to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace DecodedRow {

        /** Properties of a DecodedRow. */
        interface $Properties {

            /** DecodedRow keys */
            keys?: (string[]|null);

            /** DecodedRow columns */
            columns?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DecodedRow. */
        type $Shape = retrieve.DecodedRow.$Properties;
    }

    /**
     * Properties of a DecodedResult.
     * @deprecated Use retrieve.DecodedResult.$Properties instead.
     */
    interface IDecodedResult extends retrieve.DecodedResult.$Properties {
    }

    /** Represents a DecodedResult. */
    class DecodedResult {

        /**
         * Constructs a new DecodedResult.
         * @param [properties] Properties to set
         */
        constructor(properties?: retrieve.DecodedResult.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DecodedResult keysSchema. */
        keysSchema: string[];

        /** DecodedResult featureSchemas. */
        featureSchemas: retrieve.FeatureSchema.$Properties[];

        /** DecodedResult rows. */
        rows: retrieve.DecodedRow.$Properties[];

        /**
         * Creates a new DecodedResult instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DecodedResult instance
         */
        static create(properties: retrieve.DecodedResult.$Shape): retrieve.DecodedResult & retrieve.DecodedResult.$Shape;
        static create(properties?: retrieve.DecodedResult.$Properties): retrieve.DecodedResult;

        /**
         * Encodes the specified DecodedResult message. Does not implicitly {@link retrieve.DecodedResult.verify|verify} messages.
         * @param message DecodedResult message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: retrieve.DecodedResult.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DecodedResult message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {retrieve.DecodedResult & retrieve.DecodedResult.$Shape} DecodedResult
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): retrieve.DecodedResult & retrieve.DecodedResult.$Shape;

        /**
         * Creates a DecodedResult message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns DecodedResult
         */
        static fromObject(object: { [k: string]: any }): retrieve.DecodedResult;

        /**
         * Creates a plain object from a DecodedResult message. Also converts values to other types if specified.
         * @param message DecodedResult
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: retrieve.DecodedResult, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this DecodedResult to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace DecodedResult {

        /** Properties of a DecodedResult. */
        interface $Properties {

            /** DecodedResult keysSchema */
            keysSchema?: (string[]|null);

            /** DecodedResult featureSchemas */
            featureSchemas?: (retrieve.FeatureSchema.$Properties[]|null);

            /** DecodedResult rows */
            rows?: (retrieve.DecodedRow.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DecodedResult. */
        type $Shape = retrieve.DecodedResult.$Properties;
    }
}
