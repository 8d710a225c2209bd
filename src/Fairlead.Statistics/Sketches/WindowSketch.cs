using System.Buffers;

namespace Fairlead.Statistics.Sketches;

/// <summary>
/// What one arm of an endpoint did in a stretch of time: requests by how they ended, rows, times, the confidence of
/// its answers, and a <see cref="ColumnSketch"/> for each input and output. All of it merges over minutes and replicas
/// in any order. One writer at a time.
/// </summary>
public sealed class WindowSketch
{
    /// <summary>The most columns, and the most kinds of ends, that the binary form holds.</summary>
    public const int MostColumns = 1024, MostEnds = 64;

    /// <summary>The most pairs of a column and a fault that refused rows are counted by; see <see cref="Rest"/>.
    /// </summary>
    public const int MostFaults = 512;

    /// <summary>The column under which faults are counted once there are <see cref="MostFaults"/> pairs.</summary>
    public const string Rest = "(other columns)";

    private const char Kind = 'W';

    /// <summary>A window without refused rows is stored as it was before these were counted.</summary>
    private const byte Format = 1, FormatWithFaults = 2;

    /// <summary>Names of faults are few and not the caller's.</summary>
    private const int MostKindsOfFaults = 32;

    private const int LongestName = 4096;

    private static readonly Comparer<(string Column, string Fault)> InOrder = Comparer<(string Column, string Fault)>
        .Create((one, other) => string.CompareOrdinal(one.Column, other.Column) is var order and not 0
            ? order
            : string.CompareOrdinal(one.Fault, other.Fault));

    private readonly SortedDictionary<string, long> _ends = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Column, string Fault), long> _faults = new(InOrder);
    private readonly List<WindowColumnSketch> _columns;

    /// <summary>An empty window.</summary>
    /// <param name="columns">Names and sides of its columns; they may differ between windows that are merged.</param>
    /// <param name="seed">Chance of the quantile sketches: different for windows that are merged.</param>
    public WindowSketch(IEnumerable<(string Name, bool IsOutput)> columns, ulong seed)
    {
        _columns = [.. columns.Select((column, i) =>
            new WindowColumnSketch(column.Name, column.IsOutput, new ColumnSketch(seed + (ulong)i)))];
        Confidence = new ColumnSketch(seed ^ 0x636F6E66);
    }

    private WindowSketch(List<WindowColumnSketch> columns, ColumnSketch confidence) =>
        (_columns, Confidence) = (columns, confidence);

    /// <summary>How many requests, however they ended.</summary>
    public long Requests { get; private set; }

    /// <summary>How many rows were answered.</summary>
    public long Rows { get; private set; }

    /// <summary>Requests by how they ended; <c>none</c> stands for an answer.</summary>
    public IReadOnlyDictionary<string, long> Ends => _ends;

    /// <summary>How many rows were in requests that a schema refused; of their values nothing else is kept.</summary>
    public long RefusedRows { get; private set; }

    /// <summary>Of <see cref="RefusedRows"/>, those that broke the schema, by column and fault.</summary>
    public IReadOnlyDictionary<(string Column, string Fault), long> Faults => _faults;

    /// <summary>Seconds from arrival to answer, of requests that were answered.</summary>
    public LatencySketch Latency { get; private set; } = new();

    /// <summary>Seconds of the model's run, by row.</summary>
    public LatencySketch Compute { get; private set; } = new();

    /// <summary>The greatest score of each row; empty where answers hold no scores.</summary>
    public ColumnSketch Confidence { get; }

    /// <summary>The columns, inputs first.</summary>
    public IReadOnlyList<WindowColumnSketch> Columns => _columns;

    /// <summary>Counts requests that ended in one way.</summary>
    public void Count(string end, long requests)
    {
        if (requests == 0)
            return;
        Requests += requests;
        _ends[end] = _ends.GetValueOrDefault(end) + requests;
    }

    /// <summary>Counts rows that were answered.</summary>
    public void CountRows(long rows) => Rows += rows;

    /// <summary>Counts rows of a request that a schema refused.</summary>
    public void CountRefused(long rows) => RefusedRows += rows;

    /// <summary>Counts rows that a schema refused for one fault of a column.</summary>
    public void CountFault(string column, string fault, long rows)
    {
        var key = (column, fault);
        if (_faults.Count >= MostFaults && !_faults.ContainsKey(key))
            key = (Rest, fault);
        _faults[key] = _faults.GetValueOrDefault(key) + rows;
    }

    /// <summary>Adds everything that another window has seen; the other stays as it is.</summary>
    public void Merge(WindowSketch other)
    {
        foreach (var (end, requests) in other._ends)
            Count(end, requests);
        Rows += other.Rows;
        RefusedRows += other.RefusedRows;
        foreach (var ((column, fault), rows) in other._faults)
            CountFault(column, fault, rows);
        Latency.Merge(other.Latency);
        Compute.Merge(other.Compute);
        Confidence.Merge(other.Confidence);
        foreach (var theirs in other._columns)
        {
            var at = _columns.FindIndex(ours => ours.Name == theirs.Name && ours.IsOutput == theirs.IsOutput);
            if (at < 0)
            {
                at = _columns.Count;
                _columns.Add(theirs with { Sketch = new ColumnSketch((ulong)at) });
            }

            _columns[at].Sketch.Merge(theirs.Sketch);
        }
    }

    /// <summary>The binary form.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new SketchOutput(output);
        writer.Header(Kind, RefusedRows == 0 ? Format : FormatWithFaults);
        writer.Count(Rows);
        writer.Count(_ends.Count);
        foreach (var (end, requests) in _ends)
        {
            writer.Text(end);
            writer.Count(requests);
        }

        writer.Part(Latency.ToBytes());
        writer.Part(Compute.ToBytes());
        writer.Part(Confidence.ToBytes());
        writer.Count(_columns.Count);
        foreach (var column in _columns)
        {
            writer.Text(column.Name);
            writer.Count(column.IsOutput ? 1 : 0);
            writer.Part(column.Sketch.ToBytes());
        }

        if (RefusedRows > 0)
            WriteFaults(ref writer);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the binary form.</summary>
    /// <exception cref="InvalidDataException">The bytes are no window of this format.</exception>
    public static WindowSketch Read(ReadOnlySpan<byte> data)
    {
        const long most = 1L << 52;
        var reader = new SketchInput(data, "window");
        var format = reader.Header(Kind, Format, FormatWithFaults);
        var rows = reader.Count(most);
        var ends = new List<(string End, long Requests)>();
        for (var left = reader.Count(MostEnds); left > 0; left--)
            ends.Add((reader.Text(LongestName), reader.Count(most)));
        var latency = LatencySketch.Read(reader.Part());
        var compute = LatencySketch.Read(reader.Part());
        if (latency.Accuracy != LatencySketch.DefaultAccuracy || compute.Accuracy != LatencySketch.DefaultAccuracy)
            throw reader.Bad("has times of another accuracy than its own");
        var confidence = ColumnSketch.Read(reader.Part());
        var columns = new List<WindowColumnSketch>();
        for (var left = reader.Count(MostColumns); left > 0; left--)
        {
            columns.Add(new WindowColumnSketch(
                reader.Text(LongestName), reader.Count(1) == 1, ColumnSketch.Read(reader.Part())));
        }

        var window = new WindowSketch(columns, confidence) { Rows = rows, Latency = latency, Compute = compute };
        foreach (var (end, requests) in ends)
            window.Count(end, requests);
        if (format == FormatWithFaults)
            window.ReadFaults(ref reader, most);
        reader.End();
        return window;
    }

    private void WriteFaults(ref SketchOutput writer)
    {
        writer.Count(RefusedRows);
        writer.Count(_faults.Count);
        foreach (var ((column, fault), rows) in _faults)
        {
            writer.Text(column);
            writer.Text(fault);
            writer.Count(rows);
        }
    }

    private void ReadFaults(ref SketchInput reader, long most)
    {
        RefusedRows = reader.Count(most);
        if (RefusedRows == 0)
            throw reader.Bad("has faults of rows and no refused rows");
        for (var left = reader.Count(MostFaults + MostKindsOfFaults); left > 0; left--)
            CountFault(reader.Text(LongestName), reader.Text(LongestName), reader.Count(most));
    }
}

/// <summary>A column of a window.</summary>
/// <param name="Name">Name of the input or output.</param>
/// <param name="IsOutput">It is of the answers.</param>
/// <param name="Sketch">What is known of its values.</param>
public sealed record WindowColumnSketch(string Name, bool IsOutput, ColumnSketch Sketch);
