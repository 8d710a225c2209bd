using System.Buffers;
using Fairlead.Client.OpenInference;
using Fairlead.Serving.Predict;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>
/// The generated service with a reader of inference requests of its own: it counts a message's parts before it parses
/// them, and says INVALID_ARGUMENT of a broken message, for which the framework would say UNKNOWN.
/// </summary>
[BindServiceMethod(typeof(InferBinding), nameof(InferBinding.Bind))]
public abstract class BoundedInferenceService : GRPCInferenceService.GRPCInferenceServiceBase;

/// <summary>Binds the service's methods; found by the framework through the attribute above.</summary>
public static class InferBinding
{
    private static readonly Marshaller<ModelInferRequest> Requests = Marshallers.Create<ModelInferRequest>(
        static (_, _) => throw new NotSupportedException("A server reads requests and writes none."), Read);

    /// <summary>For the reflection service, which looks for it here.</summary>
    public static ServiceDescriptor Descriptor => GRPCInferenceService.Descriptor;

    /// <summary>
    /// Called by the framework once, with no service. It looks for the overrides of the type named here, so that
    /// must be the generated one.
    /// </summary>
    public static void Bind(ServiceBinderBase binder, GRPCInferenceService.GRPCInferenceServiceBase? service) =>
        GRPCInferenceService.BindService(new Binder(binder), service);

    private static ModelInferRequest Read(DeserializationContext context) =>
        Parse(context.PayloadAsReadOnlySequence());

    /// <summary>Parses a request whose number of parts is bounded; throws <see cref="RpcException"/>.</summary>
    internal static ModelInferRequest Parse(in ReadOnlySequence<byte> message)
    {
        try
        {
            MessageBounds.Check(message);
            return ModelInferRequest.Parser.ParseFrom(message);
        }
        catch (RequestException e)
        {
            throw InferFailure.Of(e.Failure, e.Message);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw InferFailure.Of(PredictFailure.Malformed, $"The message is no ModelInferRequest: {e.Message}");
        }
    }

    private sealed class Binder(ServiceBinderBase to) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
            to.AddMethod(Bounded(method), handler!);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
            to.AddMethod(Bounded(method), handler!);

        private static Method<TRequest, TResponse> Bounded<TRequest, TResponse>(Method<TRequest, TResponse> method) =>
            Requests is Marshaller<TRequest> reader
                ? new(method.Type, method.ServiceName, method.Name, reader, method.ResponseMarshaller)
                : method;
    }
}
