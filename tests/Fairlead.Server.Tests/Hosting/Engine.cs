namespace Fairlead.Server.Tests.Hosting;

/// <summary>Each database that the control plane runs on; a test of storage runs on all of them.</summary>
public enum Engine
{
    Sqlite,
    Postgres,
}

public sealed class EachEngine : TheoryData<Engine>
{
    public EachEngine()
        : base(Engine.Sqlite, Engine.Postgres)
    {
    }
}
