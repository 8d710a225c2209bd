using System.Globalization;
using System.Text.Json;
using DuckDB.NET.Data;
using Fairlead.Server.Storage;
using Fairlead.Serving.Records.Tables;

namespace Fairlead.Server.Records.Query;

/// <summary>
/// Answers one question to the prediction log in this process, which is a child of the server and is stopped when it
/// takes too much. The engine reads the tables of the question's folder and nothing else, and cannot be told otherwise.
/// </summary>
public static class QueryChild
{
    /// <summary>Exit code of a question that was refused; the reason is on standard error.</summary>
    public const int Refused = 3;

    /// <summary>The view that holds the records of all endpoints of the question.</summary>
    private const string AllEndpoints = "predictions";

    /// <summary>The columns of an endpoint that has no records yet.</summary>
    private const string NoRecords = """
        SELECT NULL::VARCHAR AS prediction_id, NULL::TIMESTAMP AS time, NULL::VARCHAR AS endpoint,
          NULL::BIGINT AS generation, NULL::VARCHAR AS arm, NULL::VARCHAR AS model, NULL::INTEGER AS version,
          NULL::VARCHAR AS door, NULL::VARCHAR AS failure, NULL::VARCHAR AS unit, NULL::VARCHAR AS subject,
          NULL::INTEGER AS row, NULL::INTEGER AS rows, NULL::BIGINT AS duration_us, NULL::BIGINT AS queue_us,
          NULL::BIGINT AS compute_us
        WHERE false
        """;

    /// <summary>Reads a question, and writes its answer; returns the exit code.</summary>
    public static int Run(TextReader input, TextWriter output, TextWriter errors)
    {
        var question = StoredJson.Read<Question>(input.ReadToEnd());
        try
        {
            using var connection = Open(question);
            AddViews(connection, question, RollFresh(question));
            if (question.Export is { } export)
            {
                Write(connection, question, export);
                return 0;
            }

            Lock(connection, question);
            if (SelectOnly.WhyNot(connection, question.Sql!) is { } why)
                throw new QuestionException(why);
            Answer(connection, question, output);
            return 0;
        }
        catch (Exception refused) when (refused is DuckDBException or QuestionException)
        {
            errors.WriteLine(refused.Message);
            return Refused;
        }
    }

    private static DuckDBConnection Open(Question question)
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        Execute(connection, $"SET memory_limit = '{question.EngineBytes.ToString(CultureInfo.InvariantCulture)}B'");
        Execute(connection, $"SET threads = {question.Threads.ToString(CultureInfo.InvariantCulture)}");
        Execute(connection, "SET temp_directory = ''");
        Execute(connection, "SET autoinstall_known_extensions = false");
        Execute(connection, "SET autoload_known_extensions = false");
        Execute(connection, "SET preserve_insertion_order = false");
        return connection;
    }

    /// <summary>After this nothing outside the folder can be read, and no setting can be changed.</summary>
    private static void Lock(DuckDBConnection connection, Question question)
    {
        Execute(connection, $"SET allowed_directories = [{Text(question.Folder)}]");
        Execute(connection, "SET enable_external_access = false");
        Execute(connection, "SET lock_configuration = true");
    }

    /// <summary>Makes tables of the newest records, by endpoint.</summary>
    private static ILookup<int, string> RollFresh(Question question)
    {
        var forgotten = question.Forgotten
            .GroupBy(subject => (subject.Endpoint, subject.Subject))
            .ToDictionary(group => group.Key, group => group.Max(subject => subject.At));
        var wanted = question.Endpoints.Select(endpoint => endpoint.Number).ToHashSet();
        var drafts = new RecordTableFolder(question.Folder);
        var found = new List<(int Endpoint, string Path)>();
        foreach (var path in question.Fresh)
        {
            RecordRoll.Write(
                path, drafts,
                (endpoint, subject, at) => subject is not null
                    && forgotten.TryGetValue((endpoint, subject), out var until) && at <= until,
                wanted, (draft, table) => found.Add((table.Endpoint, draft)));
        }

        return found.ToLookup(each => each.Endpoint, each => each.Path);
    }

    private static void AddViews(DuckDBConnection connection, Question question, ILookup<int, string> fresh)
    {
        foreach (var endpoint in question.Endpoints)
        {
            string[] files = [.. endpoint.Tables.Select(name => Path.Combine(question.Folder, name)),
                .. fresh[endpoint.Number]];
            var rows = files.Length == 0
                ? NoRecords
                : $"SELECT * FROM read_parquet([{string.Join(", ", files.Select(Text))}], union_by_name = true)"
                    + Without(question, endpoint.Number);
            Execute(connection, $"CREATE VIEW {Name(endpoint.Name)} AS {rows}");
        }

        // An endpoint of this very name keeps it.
        if (question.Endpoints.Count > 0 && question.Endpoints.All(endpoint =>
            !endpoint.Name.Equals(AllEndpoints, StringComparison.OrdinalIgnoreCase)))
        {
            var all = string.Join(" UNION ALL BY NAME ",
                question.Endpoints.Select(endpoint => $"SELECT * FROM {Name(endpoint.Name)}"));
            Execute(connection, $"CREATE VIEW {AllEndpoints} AS {all}");
        }
    }

    /// <summary>Leaves out who shall be forgotten and is still in a table.</summary>
    private static string Without(Question question, int endpoint)
    {
        var forgotten = question.Forgotten.Where(subject => subject.Endpoint == endpoint).ToList();
        return forgotten.Count == 0
            ? ""
            : " WHERE subject IS NULL OR NOT (" + string.Join(" OR ", forgotten.Select(subject =>
                string.Create(CultureInfo.InvariantCulture,
                    $"(subject = {Text(subject.Subject)} AND epoch_us(time) <= {subject.At})"))) + ")";
    }

    private static void Write(DuckDBConnection connection, Question question, AskedExport export)
    {
        var from = export.From is { } first ? $" AND time >= {Instant(first)}" : "";
        var to = export.To is { } end ? $" AND time < {Instant(end)}" : "";
        var form = export.Format switch
        {
            "csv" => "FORMAT csv, HEADER",
            "parquet" => "FORMAT parquet",
            _ => "FORMAT json",
        };
        var view = Name(question.Endpoints[0].Name);
        var columns = form.EndsWith("json", StringComparison.Ordinal) ? FiniteColumns(connection, view) : "*";
        Execute(connection, $"COPY (SELECT {columns} FROM {view} WHERE true{from}{to} "
            + $"ORDER BY time, prediction_id, row) TO {Text(Path.Combine(question.Folder, export.File))} ({form})");
    }

    /// <summary>All columns of a view, without what JSON cannot say: a number that is NaN or infinite is null.</summary>
    private static string FiniteColumns(DuckDBConnection connection, string view)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {view})";
        using var reader = command.ExecuteReader();
        var replaced = new List<string>();
        while (reader.Read())
        {
            var name = Name(reader.GetString(0));
            if (reader.GetString(1) is "FLOAT" or "DOUBLE")
                replaced.Add($"CASE WHEN isfinite({name}) THEN {name} END AS {name}");
            else if (reader.GetString(1) is "FLOAT[]" or "DOUBLE[]")
                replaced.Add($"list_transform({name}, x -> CASE WHEN isfinite(x) THEN x END) AS {name}");
        }

        return replaced.Count == 0 ? "*" : $"* REPLACE ({string.Join(", ", replaced)})";
    }

    /// <summary>
    /// A stream without any row is over before it is read, which its reader takes for a failure: what fails so is asked
    /// again as a whole, and either has no rows or says why it failed.
    /// </summary>
    private static void Answer(DuckDBConnection connection, Question question, TextWriter output)
    {
        try
        {
            Answer(connection, question, isStream: true, output);
        }
        catch (DuckDBException failure) when (failure.Message.Contains(
            "unsuccessful or closed pending query", StringComparison.Ordinal))
        {
            Answer(connection, question, isStream: false, output);
        }
    }

    private static void Answer(DuckDBConnection connection, Question question, bool isStream, TextWriter output)
    {
        using var command = connection.CreateCommand();
        command.CommandText = question.Sql!;
        command.UseStreamingMode = isStream;
        using var reader = command.ExecuteReader();
        using var answer = new MemoryStream();
        using var writer = new Utf8JsonWriter(answer);
        writer.WriteStartObject();
        writer.WriteStartArray("columns");
        for (var i = 0; i < reader.FieldCount; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("name", reader.GetName(i));
            writer.WriteString("type", reader.GetDataTypeName(i));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("rows");
        var (rows, truncated) = (0, false);
        while (reader.Read())
        {
            truncated = rows == question.MaxRows || writer.BytesCommitted + writer.BytesPending > question.MaxBytes;
            if (truncated)
                break;
            rows++;
            writer.WriteStartArray();
            for (var i = 0; i < reader.FieldCount; i++)
                AnsweredValue.Write(writer, reader.IsDBNull(i) ? null : reader.GetValue(i));
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("truncated", truncated);
        writer.WriteEndObject();
        writer.Flush();
        output.Write(System.Text.Encoding.UTF8.GetString(answer.GetBuffer().AsSpan(0, (int)answer.Length)));
    }

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Instant(DateTimeOffset at) =>
        $"TIMESTAMP '{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}'";

    /// <summary>A question that is not answered, and why.</summary>
    private sealed class QuestionException(string message) : Exception(message);
}
