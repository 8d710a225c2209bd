using System.Text;
using Fairlead.Cli;
using Fairlead.Cli.Rows;

namespace Fairlead.Fuzz.Targets;

/// <summary>
/// Rows as people have them: the first byte says whether CSV, a JSON array, JSON lines or an argument follow.
/// </summary>
internal sealed class RowTables : IFuzzTarget
{
    private static readonly FieldTypes Types = new(
        new Dictionary<string, string> { ["a"] = "FP32", ["b"] = "BYTES", ["c"] = "INT64", ["d"] = "BOOL" }, "u");

    public static string Name => "rows";

    public static IEnumerable<Type> Covers =>
        [typeof(CsvReader), typeof(CsvRows), typeof(JsonRows), typeof(ArgumentRows)];

    public static IEnumerable<byte[]> Seeds =>
    [
        [0, .. "a,b,c,d,u\r\n1.5,\"x \"\"y\"\", \",7,true,ada\n,,,,\n[1,2],\"two\nlines\",9007199254740993,0,b\n"u8],
        [1, .. "[{\"a\":1,\"b\":\"x\"},{\"a\":null}]"u8],
        [3, .. "a=1.5,b=\"x, y\",c=[1,2],d=true"u8],
        [3, .. "{\"a\":1,\"u\":\"ada\"}"u8],
        [2, .. "{\"a\":1}\n{\"rows\":[{\"b\":\"\\ud83d\\udea2\"},{\"c\":2}]}\n"u8],
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;

        var content = new MemoryStream(data[1..].ToArray());
        IRowSource rows = (data[0] % 4) switch
        {
            0 => new CsvRows(content, Types, _ => { }),
            1 => new JsonRows(content, isArray: true),
            2 => new JsonRows(content, isArray: false),
            _ => new ArgumentRows([Encoding.UTF8.GetString(data[1..])], Types),
        };
        try
        {
            // A stream in memory is there at once, so nothing is waited for.
            foreach (var row in rows.ReadAsync(CancellationToken.None).ToBlockingEnumerable())
                Encoding.UTF8.GetByteCount(row.ToJsonString());
        }
        catch (CliException)
        {
            // It says which line is wrong.
        }
    }
}
