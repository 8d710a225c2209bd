using System.Threading.Channels;
using Fairlead.Client.OpenInference;
using Fairlead.Serving.Predict;
using Grpc.Core;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>
/// One ModelStreamInfer call. Several requests are in progress at once, so that a stream can fill a batch; the answers
/// leave in the order of the requests, and whoever reads them slowly is read slowly. When the server stops, what was
/// read is answered and the caller is told to send the rest elsewhere.
/// </summary>
internal sealed class InferStream(InferDoor door, InferCaller caller, CancellationToken closing)
{
    private const string ClosingText =
        "The server is stopping. Every request that it answered is done; send the others on a new stream.";

    /// <summary>Triton's clients set it to learn which answer is a request's last; here the only one is.</summary>
    private const string WantsFinal = "triton_enable_empty_final_response";

    private const string SchemaFaults = "fairlead_schema_faults";

    public async Task RunAsync(
        IAsyncStreamReader<ModelInferRequest> requests, IServerStreamWriter<ModelStreamInferResponse> answers)
    {
        using var places = new SemaphoreSlim(RequestLimits.MaxStreamRequests);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(caller.Aborted);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, closing);
        var stopping = caller with { Aborted = stop.Token };
        var inOrder = Channel.CreateUnbounded<Task<ModelStreamInferResponse>>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

        var writing = WriteAsync(inOrder.Reader, answers, places, stop);
        try
        {
            while (await NextAsync(requests, places, reading.Token).ConfigureAwait(false))
            {
                // Off this thread: a request that finds a free processor runs to its end where it is started.
                var request = requests.Current;
                inOrder.Writer.TryWrite(Task.Run(() => AnswerAsync(request, stopping), CancellationToken.None));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody reads the answers any more; the writer knows why.
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            inOrder.Writer.Complete();
            await writing.ConfigureAwait(false);
            throw InferFailure.Of(PredictFailure.NotReady, ClosingText);
        }
        catch
        {
            // A broken message ends the stream, yet the requests before it get their answers.
            inOrder.Writer.Complete();
            await writing.ConfigureAwait(false);
            throw;
        }

        inOrder.Writer.TryComplete();
        await writing.ConfigureAwait(false);
    }

    private static async Task<bool> NextAsync(
        IAsyncStreamReader<ModelInferRequest> requests, SemaphoreSlim places, CancellationToken cancellation)
    {
        await places.WaitAsync(cancellation).ConfigureAwait(false);
        return await requests.MoveNext(cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Writes until the last answer. After a failure to write it still waits for every request in progress.
    /// </summary>
    private static async Task WriteAsync(
        ChannelReader<Task<ModelStreamInferResponse>> inOrder, IServerStreamWriter<ModelStreamInferResponse> answers,
        SemaphoreSlim places, CancellationTokenSource stop)
    {
        Exception? broken = null;
        await foreach (var answering in inOrder.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                var answer = await answering.ConfigureAwait(false);
                if (broken is null)
                    await answers.WriteAsync(answer, stop.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                broken ??= e;
                await stop.CancelAsync().ConfigureAwait(false);
            }

            places.Release();
        }

        if (broken is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(broken);
    }

    private async Task<ModelStreamInferResponse> AnswerAsync(ModelInferRequest request, InferCaller stopping)
    {
        var outcome = await door.AnswerAsync(request, stopping).ConfigureAwait(false);
        var answer = outcome.Answer;
        if (answer is null)
        {
            answer = new ModelInferResponse { ModelName = request.ModelName, Id = request.Id };
            answer.Parameters.Add("failure", new InferParameter { StringParam = outcome.Failure.Code() });
        }

        // A stream has one set of trailers for all of its answers.
        if (outcome.SchemaFaults is { } faults)
            answer.Parameters.Add(SchemaFaults, new InferParameter { StringParam = faults });
        if (request.Parameters.TryGetValue(WantsFinal, out var wanted) && wanted.BoolParam)
            answer.Parameters.Add("triton_final_response", new InferParameter { BoolParam = true });
        return new ModelStreamInferResponse { ErrorMessage = outcome.Detail, InferResponse = answer };
    }
}
