using Fairlead.Serving.Records.Tables;

namespace Fairlead.Server.CrashHost;

/// <summary>
/// Tables that pass every call on, and let the process meet its end at the first, second, … step of its life that
/// changes something: <c>table-3</c>.
/// </summary>
internal sealed class SteppedTables(IRecordTables tables, CrashOrder crash) : IRecordTables
{
    private int _steps;

    public IReadOnlyList<RecordTable> List(int? endpoint = null) => tables.List(endpoint);

    public string Draft()
    {
        Step();
        return tables.Draft();
    }

    public void Publish(string draft, RecordTable table)
    {
        Step();
        tables.Publish(draft, table);
        Step();
    }

    public string? Fetch(RecordTable table) => tables.Fetch(table);

    public void Delete(RecordTable table)
    {
        Step();
        tables.Delete(table);
        Step();
    }

    private void Step() => crash.At($"table-{Interlocked.Increment(ref _steps)}");
}
