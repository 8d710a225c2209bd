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
        if (wanted.Members.Count == 0)
            return;
        if (wanted.Members.Count > 1 && await TryTogetherAsync(wanted, place).ConfigureAwait(false))
            return;

        // One request, or a batch that failed as a whole: one bad request must not fail the others.
        foreach (var member in wanted.Members)
        {
            if (member.IsWanted(time.GetTimestamp()))
                await RunAloneAsync(member, place).ConfigureAwait(false);
            else
                member.Release();
        }
    }

    private Batch DropUnwanted()
    {
        var now = time.GetTimestamp();
        var wanted = new Batch();
        foreach (var member in batch.Members)
        {
            if (member.IsWanted(now))
                wanted.Add(member);
            else
                member.Release();
        }

        return wanted;
    }

    private async ValueTask RunAloneAsync(BatchMember member, int place)
    {
        Exception? failure = null;
        member.Started(time.GetTimestamp());
        gate.Show(place, member);
        var processor = ThreadProcessorTime.Start();
        var used = TimeSpan.Zero;
        try
        {
            var run = runtime.RunAsync(member.Inputs, member.Outputs, member.Control);

            // Only what ran on this very thread can be told from the processor time of others.
            if (run.IsCompleted)
                used = processor.Elapsed();
            await run.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }

        member.Finish(failure, new RunFacts(time.GetTimestamp(), member.Rows, LeadsBatch: true, used));
    }

    private async ValueTask<bool> TryTogetherAsync(Batch wanted, int place)
    {
        using var merged = TensorSet.Rent(runtime.Signature.Inputs.Length);
        using var answer = TensorSet.Rent(runtime.Signature.Outputs.Length);
        ThreadProcessorTime processor;
        try
        {
            wanted.Gather(merged);
            foreach (var member in wanted.Members)
                member.Started(time.GetTimestamp());
            gate.Show(place, wanted);
            processor = ThreadProcessorTime.Start();
            await runtime.RunAsync(merged, answer, wanted.Control).ConfigureAwait(false);
            wanted.Scatter(runtime.Signature, answer);
        }
        catch (Exception)
        {
            // Whatever it was, each request finds out alone whether it concerns it. Those that nobody wants any more
            // end there without another run.
            return false;
        }

        Finish(wanted, processor.Elapsed());
        return true;
    }

    /// <summary>
    /// The run is counted under the first caller who is still there, and those who are there share its processor time.
    /// </summary>
    private void Finish(Batch wanted, TimeSpan processorTime)
    {
        var now = time.GetTimestamp();
        var answered = wanted.Members.Where(member => member.HasCaller).ToHashSet();
        var rows = Math.Max(1, answered.Sum(member => member.Rows));
        var leads = true;
        foreach (var member in wanted.Members)
        {
            var isAnswered = answered.Contains(member);
            var share = isAnswered ? processorTime * ((double)member.Rows / rows) : TimeSpan.Zero;
            member.Finish(null, new RunFacts(now, wanted.Rows, leads && isAnswered, share));
            leads &= !isAnswered;
        }
    }
}
