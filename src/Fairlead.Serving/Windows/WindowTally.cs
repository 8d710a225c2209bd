using System.Buffers;
using System.Text;
using Fairlead.Core.Monitoring;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Schemas;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Serving.Windows;

/// <summary>One arm's minute while it runs; one writer at a time. Adding a request allocates nothing.</summary>
internal sealed class WindowTally(WindowLayout layout, long minute, ulong seed)
{
    /// <summary>Longest text that is looked at, in bytes; a longer one counts as its beginning.</summary>
    private const int LongestText = 4096;

    /// <summary>How far the scores of a row may be from adding up to 1.</summary>
    private const double ScoresTolerance = 0.01;

    private readonly WindowSketch _window = new(
        layout.Columns.Select(column => (column.Name, column.IsOutput)), seed);

    private readonly long[] _ends = new long[FailureTable.Count];

    public long Minute => minute;

    /// <summary>Counts a request at its end.</summary>
    public void Add(PredictCall call, PredictFailure outcome, TimeSpan total, TimeSpan run, bool[]? hidden)
    {
        _ends[(int)outcome]++;
        if (outcome == PredictFailure.SchemaBroken && call.Refused is { } refused)
            Add(refused);
        if (outcome != PredictFailure.None)
            return;

        _window.Latency.Add(total.TotalSeconds);
        if (run > TimeSpan.Zero)
            _window.Compute.Add(run.TotalSeconds);
        if (call.Inputs is not { } inputs || call.Outputs is not { } outputs)
            return;

        var rows = RowsOf(inputs, outputs);
        _window.CountRows(rows);
        var columns = layout.Columns;
        for (var i = 0; i < columns.Length; i++)
        {
            if (hidden is not null && hidden[i])
                continue;
            var column = columns[i];
            var tensors = column.IsOutput ? outputs : inputs;
            if (column.Tensor < tensors.Count)
                Add(_window.Columns[i].Sketch, column, tensors[column.Tensor], rows);
        }

        if (layout.ScoresTensor >= 0 && layout.ScoresTensor < outputs.Count && !AreScoresHidden(hidden))
            AddConfidence(outputs[layout.ScoresTensor]);
    }

    /// <summary>Everything that was counted; nothing is added afterwards.</summary>
    public WindowSketch Window()
    {
        for (var i = 0; i < _ends.Length; i++)
            _window.Count(((PredictFailure)i).Code(), _ends[i]);
        return _window;
    }

    /// <summary>Which column broke the schema, and how: the values themselves are not kept of what was refused.
    /// </summary>
    private void Add(SchemaReport refused)
    {
        _window.CountRefused(refused.Rows);
        foreach (var (column, fault, rows) in refused.Faults)
            _window.CountFault(column, SchemaRules.Word(fault), rows);
    }

    private bool AreScoresHidden(bool[]? hidden)
    {
        for (var i = 0; hidden is not null && i < hidden.Length; i++)
        {
            if (hidden[i] && layout.Columns[i].IsOutput && layout.Columns[i].Tensor == layout.ScoresTensor)
                return true;
        }

        return false;
    }

    private static int RowsOf(TensorSet inputs, TensorSet outputs)
    {
        var rows = 1;
        for (var i = 0; i < inputs.Count; i++)
            rows = Math.Max(rows, RowsOf(inputs[i]));
        return rows > 1 || outputs.Count == 0 ? rows : Math.Max(rows, RowsOf(outputs[0]));
    }

    private static int RowsOf(Tensor tensor) =>
        !tensor.Present ? 0 : tensor.Rank == 0 ? 1 : (int)Math.Min(int.MaxValue, tensor.Shape[0]);

    private static void Add(ColumnSketch sketch, WindowColumn column, Tensor tensor, int rows)
    {
        var here = RowsOf(tensor);
        if (here == 0 || tensor.ElementCount == 0)
        {
            for (var row = 0; row < rows; row++)
                sketch.AddMissing();
            return;
        }

        var width = tensor.ElementCount / here;
        for (var row = 0; row < here; row++)
        {
            var first = row * width;
            if (column.Kind == WindowColumnKind.Mean)
                sketch.Add(MeanOf(tensor, first, width));
            else if (column.Element >= width)
                sketch.AddMissing();
            else if (column.Kind == WindowColumnKind.Text)
                AddText(sketch, tensor.StringAt(first + column.Element));
            else
                AddNumber(sketch, TensorText.Number(tensor, first + column.Element));
        }
    }

    /// <summary>A model without a value for missing ones is sent NaN in its place.</summary>
    private static void AddNumber(ColumnSketch sketch, double value)
    {
        if (double.IsNaN(value))
            sketch.AddMissing();
        else
            sketch.Add(value);
    }

    private static double MeanOf(Tensor tensor, int first, int count)
    {
        double sum = 0;
        for (var i = 0; i < count; i++)
            sum += TensorText.Number(tensor, first + i);
        return sum / count;
    }

    private static void AddText(ColumnSketch sketch, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            sketch.AddMissing();
            return;
        }

        utf8 = utf8[..Math.Min(utf8.Length, LongestText)];
        const int small = 256;
        var rented = utf8.Length > small ? ArrayPool<char>.Shared.Rent(utf8.Length) : null;
        var chars = rented is null ? stackalloc char[small] : rented;
        sketch.AddText(chars[..Encoding.UTF8.GetChars(utf8, chars)]);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
    }

    /// <summary>The greatest score of each row whose scores add up to 1.</summary>
    private void AddConfidence(Tensor scores)
    {
        var rows = RowsOf(scores);
        if (rows == 0 || scores.ElementCount < 2 * rows)
            return;
        var width = scores.ElementCount / rows;
        for (var row = 0; row < rows; row++)
        {
            double sum = 0, greatest = 0;
            for (var i = 0; i < width; i++)
            {
                var score = TensorText.Number(scores, row * width + i);
                sum += score;
                greatest = Math.Max(greatest, score);
            }

            if (Math.Abs(sum - 1) <= ScoresTolerance)
                _window.Confidence.Add(greatest);
        }
    }
}
