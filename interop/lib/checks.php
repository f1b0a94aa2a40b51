<?php

declare(strict_types=1);

// Runs the checks of one script and reports them, one line per check, then the plan `1..N`, by
// which `interop/run` sees that a script did not stop half-way. The PHP twin of checks.py.

const DEFAULT_URI = 'amqp://guest:guest@127.0.0.1:5672/%2F';

/** Makes up names that nobody else uses, and remembers them for the clean-up. */
final class Names
{
    /** @var string[] */
    public array $queues = [];
    /** @var string[] */
    public array $exchanges = [];
    private string $prefix;

    public function __construct(string $client)
    {
        $this->prefix = sprintf('interop.%s.%d.%s', $client, getmypid(), bin2hex(random_bytes(3)));
    }

    public function queue(string $noun = 'queue'): string
    {
        return $this->queues[] = "$this->prefix.$noun." . count($this->queues);
    }

    public function exchange(string $noun = 'exchange'): string
    {
        return $this->exchanges[] = "$this->prefix.$noun." . count($this->exchanges);
    }
}

/** The checks of one script; $clean deletes what a check has declared. */
final class Suite
{
    /** @var array<string, callable> */
    private array $checks = [];
    private string $client;
    private Closure $clean;

    public function __construct(string $client, Closure $clean)
    {
        $this->client = $client;
        $this->clean = $clean;
    }

    public function check(string $sentence, callable $body): void
    {
        $this->checks[$sentence] = $body;
    }

    public function run(): void
    {
        $failed = 0;
        foreach ($this->checks as $sentence => $body) {
            $problem = $this->runOne($body);
            $failed += $problem === null ? 0 : 1;
            echo $problem === null ? 'ok' : 'not ok', " - $this->client: $sentence\n";
            if ($problem !== null) {
                echo preg_replace('/^/m', '#   ', $problem), "\n";
            }
        }
        echo '1..', count($this->checks), "\n";
        exit($failed === 0 ? 0 : 1);
    }

    /** Returns null, or the text of what went wrong in the check or in its clean-up. */
    private function runOne(callable $body): ?string
    {
        $names = new Names($this->client);
        $problem = self::guarded(fn () => $body($names));
        $cleaning = self::guarded(fn () => ($this->clean)($names));
        return $problem ?? $cleaning;
    }

    private static function guarded(callable $body): ?string
    {
        try {
            $body();
            return null;
        } catch (Throwable $error) {
            return (string) $error;
        }
    }
}

/** Fails unless both are identical; long values are cut short. */
function equal(mixed $actual, mixed $expected, string $what = 'value'): void
{
    if ($actual !== $expected) {
        $show = fn (mixed $value): string => substr(var_export($value, true), 0, 300);
        throw new RuntimeException("$what is {$show($actual)}, expected {$show($expected)}");
    }
}
