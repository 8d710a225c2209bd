using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Batching;

/// <summary>
/// Takes one batch through the model and gives every caller its answer or its failure, never somebody else's.
/// </summary>
internal sealed class BatchRun(Batch batch, IModelRuntime runtime, RunGate gate, TimeProvider time)
{
    public async ValueTask RunAsync(int place)
    {
        var wanted = DropUnwanted();
        if (wanted.Items.Count == 0)
            return;
        if (wanted.Items.Count > 1 && await TryTogetherAsync(wanted, place).ConfigureAwait(false))
            return;

        // One request, or a batch that failed as a whole: one bad request must not fail the others.
        foreach (var item in wanted.Items)
        {
            Exception? failure = null;
            try
            {
                await new ItemRun(item).RunAsync(runtime, gate, place, time).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                failure = e;
            }

            item.Complete(failure);
        }
    }

    private Batch DropUnwanted()
    {
        var now = time.GetTimestamp();
        var wanted = new Batch();
        foreach (var item in batch.Items)
        {
            if (item.IsWanted(now))
                wanted.Add(item);
            else
                item.Complete(item.StopException());
        }

        return wanted;
    }

    private async ValueTask<bool> TryTogetherAsync(Batch wanted, int place)
    {
        using var merged = TensorSet.Rent(runtime.Signature.Inputs.Length);
        using var answer = TensorSet.Rent(runtime.Signature.Outputs.Length);
        ThreadProcessorTime processor;
        try
        {
            wanted.Gather(merged);
            foreach (var item in wanted.Items)
                item.StartedAt = time.GetTimestamp();
            gate.Show(place, wanted);
            processor = ThreadProcessorTime.Start();
            await runtime.RunAsync(merged, answer, wanted.Control).ConfigureAwait(false);
            wanted.Scatter(runtime.Signature, answer);
        }
        catch (Exception)
        {
            // Whatever it was, each request finds out alone whether it concerns it. Those that nobody wants any more
            // are told so there, without another run.
            return false;
        }

        Finish(wanted, processor.Elapsed());
        return true;
    }

    private void Finish(Batch wanted, TimeSpan processorTime)
    {
        var now = time.GetTimestamp();
        for (var i = 0; i < wanted.Items.Count; i++)
        {
            var item = wanted.Items[i];
            item.FinishedAt = now;
            item.BatchRows = wanted.Rows;
            item.LeadsBatch = i == 0;
            item.ProcessorTime = processorTime * ((double)item.Rows / Math.Max(1, wanted.Rows));
            item.Complete(null);
        }
    }
}
