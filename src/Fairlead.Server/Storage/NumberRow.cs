using System.Data.Common;
using SQLitePCL;

namespace Fairlead.Server.Storage;

/// <summary>
/// A row of numbers that are not null, for as long as it is looked at. Of SQLite's rows the columns are read without
/// the layer between, which takes longer than the database itself where rows come by the ten thousands.
/// </summary>
internal readonly struct NumberRow
{
    private readonly DbDataReader? _reader;
    private readonly sqlite3_stmt? _statement;

    public NumberRow(DbDataReader reader) => _reader = reader;

    public NumberRow(sqlite3_stmt statement) => _statement = statement;

    /// <summary>A column of whole numbers.</summary>
    public long Integer(int column) => _reader is null
        ? raw.sqlite3_column_int64(_statement, column)
        : _reader.GetInt64(column);

    /// <summary>A column of real numbers.</summary>
    public double Real(int column) =>
        _reader is null ? raw.sqlite3_column_double(_statement, column) : _reader.GetDouble(column);
}
