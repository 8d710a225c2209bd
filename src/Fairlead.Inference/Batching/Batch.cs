using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Batching;

/// <summary>
/// The requests that go through a model together, in order; their rows are laid one behind the other.
/// </summary>
internal sealed class Batch : IWatchedRun
{
    private readonly List<BatchMember> _members = [];
    private readonly RunControl _control = new();

    public IReadOnlyList<BatchMember> Members => _members;

    public int Rows { get; private set; }

    public RunControl Control => _control;

    /// <summary>
    /// Says whether a request can share a run at all: every input has the request's rows as its first dimension. An
    /// input that may be left out speaks for the whole run, so a request that gives one runs alone.
    /// </summary>
    public static bool CanShare(Signature signature, RunItem item)
    {
        if (item.Inputs.Count != signature.Inputs.Length)
            return false;

        var any = false;
        for (var i = 0; i < item.Inputs.Count; i++)
        {
            var input = item.Inputs[i];
            if (signature.Inputs[i].Optional)
            {
                if (input.Present)
                    return false;
                continue;
            }

            if (!input.Present || input.Rank == 0 || input.Shape[0] != item.Rows)
                return false;
            any = true;
        }

        return any;
    }

    /// <summary>
    /// Says whether two requests that <see cref="CanShare"/> can share one run: the same types, and shapes alike behind
    /// the first dimension.
    /// </summary>
    public static bool SameShape(TensorSet a, TensorSet b)
    {
        for (var i = 0; i < a.Count; i++)
        {
            var x = a[i];
            var y = b[i];
            if (x.Present != y.Present)
                return false;
            if (x.Present && (x.Type != y.Type || x.Rank != y.Rank || !x.Shape[1..].SequenceEqual(y.Shape[1..])))
                return false;
        }

        return true;
    }

    public void Add(BatchMember member)
    {
        _members.Add(member);
        Rows += member.Rows;
    }

    /// <summary>
    /// Tells each caller who does not want the answer any more; the run goes on for as long as one of them does.
    /// </summary>
    public void StopIfUnwanted(long now)
    {
        var wanted = false;
        foreach (var member in _members)
            wanted |= member.IsWanted(now);
        if (!wanted)
            _control.Stop();
    }

    /// <summary>Lays the rows of all members one behind the other.</summary>
    public void Gather(TensorSet merged)
    {
        Span<long> shape = stackalloc long[Tensor.MaxRank];
        for (var i = 0; i < merged.Count; i++)
        {
            var first = _members[0].Inputs[i];
            if (!first.Present)
                continue;

            first.Shape.CopyTo(shape);
            shape[0] = Rows;
            merged[i].Reset(first.Type, shape[..first.Rank]);
            long row = 0;
            foreach (var member in _members)
            {
                merged[i].PutRows(member.Inputs[i], row);
                row += member.Rows;
            }
        }
    }

    /// <summary>
    /// Gives each member its own rows of the answer; throws <see cref="ModelRunException"/> when the answer has another
    /// number of rows.
    /// </summary>
    public void Scatter(Signature signature, TensorSet answer)
    {
        long row = 0;
        foreach (var member in _members)
        {
            member.Outputs.Resize(signature.Outputs.Length);
            for (var i = 0; i < signature.Outputs.Length; i++)
            {
                var output = answer[i];
                if (signature.Outputs[i].Kind == ValueKind.MapKeys && output.Rank > 0)
                {
                    member.Outputs[i].CopyRows(output, 0, output.Shape[0]);
                    continue;
                }

                if (output.Rank == 0 || output.Shape[0] != Rows)
                {
                    var name = signature.Outputs[i].Name;
                    throw new ModelRunException(
                        $"The output '{name}' of a batch of {Rows} rows does not have {Rows} rows.",
                        callersFault: false);
                }

                member.Outputs[i].CopyRows(output, row, member.Rows);
            }

            row += member.Rows;
        }
    }
}
