using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Fairlead.Server.Records.Query;

/// <summary>
/// Lets one SELECT through and nothing else, by what the engine itself makes of the text: whatever writes, attaches,
/// loads or sets is a statement of another kind.
/// </summary>
internal static partial class SelectOnly
{
    private const int Select = (int)DuckDBStatementType.Select;

    /// <summary>Says why a text is no single SELECT; null when it is one.</summary>
    public static string? WhyNot(DuckDBConnection connection, string sql)
    {
        var count = NativeMethods.ExtractStatements.DuckDBExtractStatements(
            connection.NativeConnection, sql, out var statements);
        using (statements)
        {
            if (count <= 0)
                return NativeMethods.ExtractStatements.DuckDBExtractStatementsError(statements) is { Length: > 0 } why
                    ? why
                    : "There is no statement.";
            if (count > 1)
                return $"There are {count} statements; one SELECT is answered at a time.";
            var state = NativeMethods.ExtractStatements.DuckDBPrepareExtractedStatement(
                connection.NativeConnection, statements, 0, out var prepared);
            using (prepared)
            {
                if (state != DuckDBState.Success)
                    return NativeMethods.PreparedStatements.DuckDBPrepareError(prepared);
                return StatementType(prepared.DangerousGetHandle()) == Select
                    ? null
                    : "Only a SELECT is answered here.";
            }
        }
    }

    [LibraryImport("duckdb", EntryPoint = "duckdb_prepared_statement_type")]
    private static partial int StatementType(nint prepared);
}
