using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Batching;

/// <summary>The requests that go through a model together, in order; their rows are laid one behind the other.</summary>
internal sealed class Batch : IWatchedRun
{
    private readonly List<RunItem> _items = [];
    private readonly RunControl _control = new();

    public IReadOnlyList<RunItem> Items => _items;

    public int Rows { get; private set; }

    public RunControl Control => _control;

    /// <summary>Says whether two requests can share a run: the same inputs with the same types, and shapes alike behind the first dimension.</summary>
    public static bool SameShape(TensorSet a, TensorSet b)
    {
        for (var i = 0; i < a.Count; i++)
        {
            var x = a[i];
            var y = b[i];
            if (x.Present != y.Present)
                return false;
            if (!x.Present)
                continue;
            if (x.Type != y.Type || x.Rank != y.Rank || x.Rank == 0 || !x.Shape[1..].SequenceEqual(y.Shape[1..]))
                return false;
        }

        return true;
    }

    public void Add(RunItem item)
    {
        _items.Add(item);
        Rows += item.Rows;
    }

    /// <summary>The run goes on for as long as one of its callers wants the answer.</summary>
    public void StopIfUnwanted(long now)
    {
        foreach (var item in _items)
        {
            if (item.IsWanted(now))
                return;
        }

        _control.Stop();
    }

    /// <summary>Lays the rows of all items one behind the other.</summary>
    public void Gather(TensorSet merged)
    {
        Span<long> shape = stackalloc long[Tensor.MaxRank];
        for (var i = 0; i < merged.Count; i++)
        {
            var first = _items[0].Inputs[i];
            if (!first.Present)
                continue;

            first.Shape.CopyTo(shape);
            shape[0] = Rows;
            merged[i].Reset(first.Type, shape[..first.Rank]);
            long row = 0;
            foreach (var item in _items)
            {
                merged[i].PutRows(item.Inputs[i], row);
                row += item.Rows;
            }
        }
    }

    /// <summary>Gives each item its own rows of the answer; throws <see cref="ModelRunException"/> when the answer has another number of rows.</summary>
    public void Scatter(Signature signature, TensorSet answer)
    {
        long row = 0;
        foreach (var item in _items)
        {
            item.Outputs.Resize(signature.Outputs.Length);
            for (var i = 0; i < signature.Outputs.Length; i++)
            {
                var output = answer[i];
                if (signature.Outputs[i].Kind == ValueKind.MapKeys)
                {
                    item.Outputs[i].CopyRows(output, 0, output.Shape[0]);
                    continue;
                }

                if (output.Rank == 0 || output.Shape[0] != Rows)
                {
                    throw new ModelRunException(
                        $"The output '{signature.Outputs[i].Name}' of a batch of {Rows} rows does not have {Rows} rows.",
                        callersFault: false);
                }

                item.Outputs[i].CopyRows(output, row, item.Rows);
            }

            row += item.Rows;
        }
    }
}
