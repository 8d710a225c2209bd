using System.Globalization;

namespace Fairlead.Serving.Records.Tables;

/// <summary>The name of one table of records: all its rows are of one endpoint and one day.</summary>
/// <param name="Endpoint">The endpoint's permanent number.</param>
/// <param name="Day">The day of the requests, in UTC.</param>
/// <param name="Source">The file of the append log that it was rolled from, without its ending.</param>
/// <param name="Part">Counts the tables of one source.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct RecordTable(int Endpoint, DateOnly Day, string Source, int Part)
{
    /// <summary>The end of the names of tables.</summary>
    public const string Extension = ".parquet";

    private const string DayForm = "yyyy-MM-dd";

    /// <summary>The path below the folder or the bucket of all tables: endpoint, day, source and part.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Endpoint}/{Day.ToString(DayForm, CultureInfo.InvariantCulture)}/{Source}-{Part:D3}{Extension}");

    /// <summary>Reads a path as it was written; false for any other.</summary>
    public static bool TryParse(string path, out RecordTable table)
    {
        table = default;
        if (path.Split('/') is not [var endpoint, var day, var file] || !file.EndsWith(Extension, default)
            || file[..^Extension.Length].Split('-') is not [var source, var part]
            || !int.TryParse(endpoint, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !DateOnly.TryParseExact(day, DayForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            || !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        table = new RecordTable(number, date, source, count);
        return true;
    }
}

/// <summary>
/// Where the tables of records are kept. The folder form is beside this; a bucket takes the same calls.
/// <para>
/// Contract: <see cref="Publish"/> is atomic and lasting, so a table is there whole or not at all, and one that is
/// published again takes the place of the one before. Calls may come from several threads.
/// </para>
/// </summary>
public interface IRecordTables
{
    /// <summary>All tables, of one endpoint or of all, in the order of their names.</summary>
    IReadOnlyList<RecordTable> List(int? endpoint = null);

    /// <summary>A path on this machine to write a table to before it is published.</summary>
    string Draft();

    /// <summary>Takes a table that was written whole; the draft is gone afterwards.</summary>
    void Publish(string draft, RecordTable table);

    /// <summary>
    /// A path on this machine from which a table can be read; null when it is gone meanwhile. What was opened stays
    /// readable when the table is replaced or deleted.
    /// </summary>
    string? Fetch(RecordTable table);

    /// <summary>Removes a table; nothing happens when it is gone already.</summary>
    void Delete(RecordTable table);
}
